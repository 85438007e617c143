"""The clusters of tests/k8s/stub/clusters, laid out on a real API server one after another."""

import contextlib

from cluster.control_plane import HERE

STUB = HERE.parent / "k8s/stub"
CLUSTERS = sorted(file.stem for file in (STUB / "clusters").glob("*.yaml"))


def prepare(plane):
    """What some of them need beforehand."""
    plane.kubectl("create", "-f", STUB / "cluster-base.yaml")
    plane.await_established("crd/helmchartconfigs.helm.cattle.io", "crd/dnses.operator.openshift.io")


@contextlib.contextmanager
def laid_out(plane, name):
    """The objects of one, which are gone afterwards."""
    file = STUB / "clusters" / f"{name}.yaml"
    plane.kubectl("create", "-f", file)
    try:
        yield
    finally:
        plane.kubectl("delete", "--ignore-not-found", "-f", file)
