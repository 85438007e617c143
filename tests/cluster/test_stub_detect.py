"""meshdnsctl stub detect on a real API server, with the objects of each kind of cluster."""

import json

import pytest
import yaml

from cluster.stub_clusters import CLUSTERS, laid_out, prepare
from support.meshdnsctl import meshdnsctl

COREDNS = "ConfigMap kube-system/coredns, key Corefile"
CUSTOM = "ConfigMap kube-system/coredns-custom, key meshdns-stub-global.server"
KUBE_DNS = "ConfigMap kube-system/kube-dns, key stubDomains"

# cluster → flavour, where the stub domain goes; where nothing may be written, what the remedy has
EXPECTED = {
    "aks":                ("coredns-custom", [CUSTOM]),
    "argo-cd":            ("coredns",        "the Git repository that Argo CD (cluster-dns) follows"),
    "contradictory":      ("unknown",        "kubectl -n kube-system scale deployment/NAME --replicas=0"),
    "eks-addon":          ("eks-addon",      "aws eks update-addon --cluster-name CLUSTER --addon-name coredns"),
    "eks-self-managed":   ("coredns",        [COREDNS]),
    "flux":               ("coredns",        "the Git repository that Flux (infrastructure) follows"),
    "gardener":           ("coredns-custom", [CUSTOM]),
    "gke":                ("kube-dns",       [KUBE_DNS]),
    "gke-autopilot":      ("gke-autopilot",  "gcloud dns managed-zones create meshdns-global"),
    "gke-cloud-dns":      ("gke-cloud-dns",  "gcloud dns managed-zones create meshdns-global"),
    "gke-node-local":     ("kube-dns",       [KUBE_DNS]),
    "helm":               ("coredns",        "helm -n kube-system upgrade coredns coredns --repo"),
    "k0s":                ("coredns",        [COREDNS]),
    "k3s":                ("coredns-custom", [CUSTOM]),
    "kind":               ("coredns",        [COREDNS]),
    "kops":               ("coredns",        [COREDNS]),
    "kube-dns-1.11":      ("kube-dns",       [KUBE_DNS]),
    "kubeadm-1.13":       ("coredns",        [COREDNS]),
    "kubeadm-1.34":       ("coredns",        [COREDNS]),
    "kubeadm-node-local": ("coredns",        [COREDNS, KUBE_DNS]),
    "kubespray":          ("coredns",        [COREDNS, "ConfigMap kube-system/nodelocaldns, key Corefile"]),
    "microk8s":           ("coredns",        [COREDNS]),
    "minikube":           ("coredns",        [COREDNS]),
    "node-local-forwarding": ("coredns",     [COREDNS]),
    "none":               ("unknown",        "-n NAMESPACE"),
    "openshift":          ("openshift",      "oc patch dns.operator/default --type merge"),
    "operator":           ("coredns",        "what CoreDNS coredns-operator makes the configuration"),
    "rke2":               ("rke2",           "kind: HelmChartConfig"),
    "scaled-down":        ("coredns",        [COREDNS]),
}


@pytest.fixture(scope="module")
def cluster(control_plane):
    prepare(control_plane)
    return control_plane


def detect(plane, *arguments, kubeconfig=None):
    return meshdnsctl("stub", "detect", "--kubeconfig", kubeconfig or plane.kubeconfig, *arguments)


def test_every_cluster_is_expected_to_be_something():
    assert CLUSTERS == list(EXPECTED)


@pytest.mark.parametrize("name", CLUSTERS)
def test_the_cluster_is_known_for_what_it_is(cluster, name):
    flavour, expected = EXPECTED[name]
    with laid_out(cluster, name):
        text, program = detect(cluster), detect(cluster, "-o", "json")
    found = json.loads(program.stdout)
    places = [f"ConfigMap {place['namespace']}/{place['configMap']}, key {place['key']}" for place in found["places"]]
    assert found["flavour"] == flavour
    assert text.returncode == program.returncode
    if isinstance(expected, list):
        assert (text.returncode, text.stderr, places) == (0, "", expected)
        assert all(f"{place}" in text.stdout for place in expected)
    else:
        assert (text.returncode, places) == (3, [])
        assert text.stderr.startswith(f"refused: {found['refusal']['reason']}\n")
        assert expected in text.stderr and found["refusal"]["remedy"] in text.stderr
    assert all(fact in text.stdout for fact in found["evidence"])


def test_every_replica_is_told_with_its_port(cluster):
    with laid_out(cluster, "gardener"):
        found = yaml.safe_load(detect(cluster, "-o", "yaml").stdout)
    assert found["replicas"] == [{"pod": "coredns-a", "address": "100.64.0.5:8053"},
                                 {"pod": "coredns-b", "address": "100.64.0.6:8053"}]
    assert found["service"] == ["10.96.0.10"]


def test_the_api_server_tells_who_applied_the_add_on(cluster):
    with laid_out(cluster, "eks-addon"):
        found = json.loads(detect(cluster, "-o", "json").stdout)
    assert "ConfigMap kube-system/coredns has fields that eks manages" in found["evidence"]


def test_a_remedy_has_zone_and_server_in_it(cluster):
    with laid_out(cluster, "openshift"):
        refused = detect(cluster, "--zone", "mesh.example", "--server", "10.96.0.53:5353")
    assert ('\'{"spec":{"servers":[{"forwardPlugin":{"upstreams":["192.0.2.53"]},"name":"corp","zones":["corp.example.com"]},'
            '{"name":"meshdns","zones":["mesh.example"],"forwardPlugin":{"upstreams":["10.96.0.53:5353"]}}]}}\'') in refused.stderr


@pytest.mark.parametrize("arguments, code, message", [
    (["--flavour", "coredns"],    0, ""),
    (["--flavour", "kube-dns"],   3, "--flavour: found coredns in this cluster, expected kube-dns"),
    (["--flavour", "bind"],       2, "--flavour: found 'bind', expected auto, coredns, coredns-custom, kube-dns or node-local"),
    (["-o", "xml"],               2, "--output: found 'xml', expected text, json or yaml"),
    (["--zone", "10.in-addr.arpa"], 2, "--zone: "),
    (["--namespace", "elsewhere"], 3, "refused: found no Service with port 53 in the namespace elsewhere"),
])
def test_arguments(cluster, arguments, code, message):
    with laid_out(cluster, "kubeadm-1.34"):
        ended = detect(cluster, *arguments)
    assert ended.returncode == code
    assert ended.stderr.startswith(message) and (message or not ended.stderr)


def test_without_a_kubeconfig_it_fails(tmp_path):
    ended = meshdnsctl("stub", "detect", "--kubeconfig", tmp_path / "none")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert f"{tmp_path}/none" in ended.stderr


def test_without_permission_verb_and_resource_are_named(cluster):
    ended = detect(cluster, kubeconfig=cluster.meshdns_kubeconfig)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert 'cannot list resource "services" in API group "" in the namespace "kube-system"' in ended.stderr


def test_who_may_read_kube_system_alone_gets_an_answer(cluster):
    cluster.kubectl("-n", "kube-system", "create", "serviceaccount", "dns-reader")
    cluster.kubectl("-n", "kube-system", "create", "role", "dns-reader", "--verb=get,list",
                    "--resource=services,configmaps,deployments.apps,daemonsets.apps,endpointslices.discovery.k8s.io")
    cluster.kubectl("-n", "kube-system", "create", "rolebinding", "dns-reader", "--role=dns-reader",
                    "--serviceaccount=kube-system:dns-reader")
    kubeconfig = cluster.service_account_kubeconfig("kube-system", "dns-reader")
    with laid_out(cluster, "kubeadm-1.34"):
        ended = detect(cluster, "-o", "json", kubeconfig=kubeconfig)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["flavour"] == "coredns"
    assert any('cannot list resource "nodes"' in warning for warning in found["warnings"])
