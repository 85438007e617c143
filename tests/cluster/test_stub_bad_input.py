"""What meshdnsctl stub install refuses, and how: by the exit code, with the reason, and without a change."""

import pytest
import yaml

from cluster.dns_cluster import objects_of

SERVER = "10.96.0.53"
EXIT_FAILED, EXIT_USAGE, EXIT_REFUSED = 1, 2, 3

# arguments → exit code, what the message names
ARGUMENTS = {
    "no server":             (["--zone", "global"], EXIT_USAGE, "--server is required"),
    "a hostname":            (["--server", "ns.example.org"], EXIT_USAGE, "ns.example.org"),
    "half an address":       (["--server", "10.96.0"], EXIT_USAGE, "10.96.0"),
    "port 0":                (["--server", f"{SERVER}:0"], EXIT_USAGE, f"{SERVER}:0"),
    "port 65536":            (["--server", f"{SERVER}:65536"], EXIT_USAGE, f"{SERVER}:65536"),
    "half a service":        (["--server", "service/meshdns"], EXIT_USAGE, "service/NAMESPACE/NAME"),
    "no such service":       (["--server", "service/meshdns/none"], EXIT_REFUSED, "service/meshdns/none"),
    "16 servers":            ([f"--server=192.0.2.{i}" for i in range(16)], EXIT_USAGE, "at most 15"),
    "an empty zone":         (["--server", SERVER, "--zone", ""], EXIT_USAGE, "--zone"),
    "the root":              (["--server", SERVER, "--zone", "."], EXIT_USAGE, "--zone"),
    "a wildcard":            (["--server", SERVER, "--zone", "*.global"], EXIT_USAGE, "*.global"),
    "an empty label":        (["--server", SERVER, "--zone", "a..global"], EXIT_USAGE, "a..global"),
    "64 octets in a label":  (["--server", SERVER, "--zone", 64 * "a"], EXIT_USAGE, 64 * "a"),
    "a blank":               (["--server", SERVER, "--zone", "a global"], EXIT_USAGE, "a global"),
    "a control character":   (["--server", SERVER, "--zone", "a\x1b[31m"], EXIT_USAGE, "a?[31m"),
    "a brace":               (["--server", SERVER, "--zone", "global{"], EXIT_USAGE, "global{"),
    "a reverse zone":        (["--server", SERVER, "--zone", "10.in-addr.arpa"], EXIT_USAGE, "10.in-addr.arpa"),
    "all reverse zones":     (["--server", SERVER, "--zone", "ip6.arpa"], EXIT_USAGE, "ip6.arpa"),
    "no such flavour":       (["--server", SERVER, "--flavour", "bind"], EXIT_USAGE, "coredns-custom"),
    "a flavour elsewhere":   (["--server", SERVER, "--flavour", "kube-dns"], EXIT_REFUSED, "kube-dns"),
    "no version":            (["--server", SERVER, "--coredns-version", "new"], EXIT_USAGE, "new"),
    "the cluster's domain":  (["--server", SERVER, "--zone", "cluster.local"], EXIT_REFUSED, "cluster.local"),
    "a part of the domain":  (["--server", SERVER, "--zone", "svc.cluster.local"], EXIT_REFUSED, "cluster.local"),
    "what holds the domain": (["--server", SERVER, "--zone", "local"], EXIT_REFUSED, "cluster.local"),
    "the cluster's DNS":     (["--server", "10.96.0.10"], EXIT_REFUSED, "loop"),
    "its Service":           (["--server", "service/kube-system/kube-dns"], EXIT_REFUSED, "loop"),
    "a replica of it":       (["--server", "10.244.0.3"], EXIT_REFUSED, "coredns-b"),
    "another namespace":     (["--server", SERVER, "-n", "default"], EXIT_REFUSED, "default"),
}

# Corefile → what the message names
BLOCK = ".:53 {\n    forward . 192.0.2.1\n    reload\n}\n"
COREFILES = {
    "an open brace":          (BLOCK.replace("}", ""), "Corefile:3: found the end"),
    "an open quote":          (BLOCK.replace("reload", '"reload'), "Corefile:3: "),
    "a zone and port twice":  (BLOCK + BLOCK, "Corefile:5: "),
    "nothing":                ("", "ConfigMap kube-system/coredns, key Corefile: "),
    "the zone is served":     (BLOCK + "global {\n    hosts\n}\n", "Corefile:5: "),
    "the zone in capitals":   (BLOCK + "GLOBAL:53 {\n    hosts\n}\n", "Corefile:5: "),
    "the zone among others":  (BLOCK + "example.org global.:53 {\n    forward . 192.0.2.1\n}\n", "Corefile:5: "),
    "the zone by an import":  ("(ours) {\n    forward . 192.0.2.1\n}\n" + BLOCK + "global {\n    import ours\n}\n", "Corefile:8: "),
    "a plugin's zone":        (BLOCK.replace("reload", "reload\n    hosts global"), "global"),
}


@pytest.fixture(scope="module")
def kubeadm(cluster):
    cluster.apply(objects_of("kubeadm-1.34"))
    return cluster


def refused(cluster, arguments, code, named, **options):
    """Without a change."""
    before = cluster.config_maps()
    ended = cluster.stub("install", *arguments, **options)
    assert (ended.returncode, ended.stdout) == (code, ""), ended.stderr
    assert named in ended.stderr
    assert cluster.config_maps() == before


@pytest.mark.parametrize("case", ARGUMENTS)
def test_arguments(kubeadm, case):
    refused(kubeadm, *ARGUMENTS[case])


@pytest.mark.parametrize("case", COREFILES)
def test_a_corefile_that_coredns_refuses_or_that_has_the_zone(kubeadm, case):
    corefile, named = COREFILES[case]
    kubeadm.edit("coredns", Corefile=corefile)
    refused(kubeadm, ["--server", SERVER], EXIT_REFUSED, named)


def test_without_a_kubeconfig(cluster, tmp_path):
    refused(cluster, ["--server", SERVER, "--kubeconfig", tmp_path / "none"], EXIT_FAILED, f"{tmp_path}/none")


def test_with_a_kubeconfig_that_is_none(cluster, tmp_path):
    (tmp_path / "kubeconfig").write_text("[]")
    refused(cluster, ["--server", SERVER, "--kubeconfig", tmp_path / "kubeconfig"], EXIT_FAILED, f"{tmp_path}/kubeconfig")


def test_where_no_api_server_answers(cluster, tmp_path):
    kubeconfig = yaml.safe_load(cluster.plane.kubeconfig.read_text())
    kubeconfig["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(kubeconfig))
    refused(cluster, ["--server", SERVER, "--kubeconfig", tmp_path / "kubeconfig"], EXIT_FAILED, "127.0.0.1:1")


# what the ServiceAccount may → what it is told that it may not
RIGHTS = {
    "nothing":             ([], "services"),
    "read all but config": (["services,endpoints,nodes,pods", "deployments.apps,daemonsets.apps",
                             "endpointslices.discovery.k8s.io"], "configmaps"),
}


@pytest.mark.parametrize("case", RIGHTS)
def test_without_permission_verb_and_resource_are_named(kubeadm, case):
    rights, missing = RIGHTS[case]
    name = case.replace(" ", "-")
    plane = kubeadm.plane
    kubeadm.edit("coredns", Corefile=BLOCK)
    plane.kubectl("-n", "default", "create", "serviceaccount", name)
    for number, resources in enumerate(rights):
        plane.kubectl("create", "clusterrole", f"{name}-{number}", "--verb=get,list", f"--resource={resources}")
        plane.kubectl("create", "clusterrolebinding", f"{name}-{number}", f"--clusterrole={name}-{number}",
                      f"--serviceaccount=default:{name}")
    kubeconfig = plane.service_account_kubeconfig("default", name)
    refused(kubeadm, ["--server", SERVER, "--kubeconfig", kubeconfig], EXIT_FAILED, missing)
