"""One mesh a test file."""

import os

import pytest

from cluster import control_plane
from cluster.node import Node
from mesh import istiod
from mesh.two_clusters import Mesh

EXIT_SKIPPED = 77  # the tests' SKIP_RETURN_CODE in CMakeLists.txt


def pytest_sessionstart():
    for suite, tools in (("cluster", control_plane), ("mesh", istiod)):
        if not tools.tools_directory().is_dir():
            pytest.exit(f"the mesh is not built: tests/{suite}/tools/build does it, with Go", EXIT_SKIPPED)
    if os.geteuid() != 0:
        pytest.exit("network namespaces need root", EXIT_SKIPPED)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with Node(tmp_path_factory.mktemp("node")) as node:
        yield node


@pytest.fixture(scope="module")
def mesh(tmp_path_factory):
    with Mesh(tmp_path_factory.mktemp("mesh")) as mesh:
        yield mesh
