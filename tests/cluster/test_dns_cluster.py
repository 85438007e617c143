"""That the cluster which meshdnsctl stub is tried on is one: its DNS follows its ConfigMap, and is restarted with its Deployment."""

from cluster.dns_cluster import ADDRESS, HOST, objects_of
from support.process import eventually


def test_replicas_follow_the_config_map(cluster):
    cluster.lay_out(objects_of("kubeadm-1.34"))
    corefile = cluster.config_maps()["coredns"][1]["Corefile"] + f"global:53 {{\n    forward . {cluster.meshdns_ip}\n}}\n"
    cluster.edit("coredns", Corefile=corefile)
    for replica in cluster.replica_addresses:
        eventually(lambda: cluster.answers(HOST, by=replica) == ("NOERROR", [ADDRESS]), timeout=30, every=0.1)
    assert cluster.everything_else() == cluster.AS_BEFORE


def test_a_restart_of_the_deployment_is_one_of_its_replicas(cluster):
    cluster.lay_out(objects_of("kubeadm-1.34"))
    before = cluster.replica_processes()
    cluster.plane.kubectl("-n", "kube-system", "rollout", "restart", "deployment/coredns")
    eventually(lambda: not before & cluster.replica_processes(), timeout=30)
    eventually(cluster.is_up, timeout=30, every=0.1)
