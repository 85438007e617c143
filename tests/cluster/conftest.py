"""One control plane a test file, with the CRDs and deploy/base applied; meshdns reads it as its ServiceAccount."""

import contextlib

import pytest

from cluster.control_plane import DEPLOY, ControlPlane, CoreDns, tools_directory
from cluster.dns_cluster import dns_cluster
from support.meshdns import Server
from support.process import eventually

EXIT_SKIPPED = 77  # the tests' SKIP_RETURN_CODE in CMakeLists.txt


def pytest_sessionstart():
    if not tools_directory().is_dir():
        pytest.exit("no control plane is built: tests/cluster/tools/build does it, with Go", EXIT_SKIPPED)


@contextlib.contextmanager
def running_control_plane(directory, **options):
    plane = ControlPlane(directory, **options)
    try:
        plane.start().install_crds()
        plane.kubectl("create", "namespace", "bar")  # where support.entries puts its ServiceEntries
        plane.kubectl("apply", "-k", DEPLOY / "base")
        plane.meshdns_kubeconfig = plane.service_account_kubeconfig("meshdns", "meshdns")
        yield plane
    finally:
        plane.stop()


@pytest.fixture(scope="module")
def control_plane(tmp_path_factory):
    with running_control_plane(tmp_path_factory.mktemp("control-plane")) as plane:
        yield plane


def meshdns_on(plane, directory, kubeconfig=None, arguments=(), **config):
    """A server of that cluster. Its TTLs are the shortest that CoreDNS's cache honours: tests wait for them."""
    kubeconfig = str(kubeconfig or plane.meshdns_kubeconfig)
    return Server(*arguments, directory=directory, config={
        "zones": [{"name": "global", "ttl": 5, "negativeTtl": 5}],
        "sources": [{"kubernetes": {"cluster": "east", "kubeconfig": kubeconfig, "local": True}}], **config})


@pytest.fixture(scope="module")
def server(control_plane, tmp_path_factory):
    """A server that has synced."""
    with meshdns_on(control_plane, tmp_path_factory.mktemp("meshdns")) as meshdns:
        eventually(lambda: meshdns.get("/ready").status_code == 200, timeout=30)
        yield meshdns


@pytest.fixture(scope="module")
def coredns(server, tmp_path_factory):
    forwarder = CoreDns(tmp_path_factory.mktemp("coredns"), server.dns_port)
    try:
        eventually(forwarder.answers, timeout=20)
        yield forwarder
    finally:
        forwarder.kill()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with dns_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster
