"""meshdnsctl stub install where it must not write: what is right there instead is said, and nothing changes."""

import pytest

from cluster.dns_cluster import objects_of

EXIT_REFUSED = 3
CLUSTERS = ["argo-cd", "contradictory", "eks-addon", "flux", "gke-autopilot", "gke-cloud-dns", "helm", "none", "openshift",
            "operator", "rke2"]
NAMED = {"none": ["-n NAMESPACE"]}  # in the remedy, where that cannot have the zone and the server


@pytest.mark.parametrize("name", CLUSTERS)
def test_a_cluster_that_others_own_is_left_alone(cluster, name):
    cluster.apply(objects_of(name))
    before = cluster.config_maps()
    refused = cluster.stub("install", "--server", "service/meshdns/meshdns")
    assert (refused.returncode, refused.stdout) == (EXIT_REFUSED, "")
    reason, remedy = refused.stderr.split("\n\n", 1)
    assert reason.startswith("refused: ") and all(named in remedy for named in NAMED.get(name, ["global", cluster.meshdns_ip]))
    assert cluster.config_maps() == before
