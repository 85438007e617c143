"""meshdnsctl stub on each distribution that it writes to: there and back, with names asked for as pods ask."""

import difflib
import json
import json

import pytest

from cluster.dns_cluster import ADDRESS, CLIENT, HOST, OTHER_IP, UPSTREAM, objects_of
from cluster.node import at
from cluster.pod_runner import PodRunner
from support.process import eventually

SERVER = "service/meshdns/meshdns"
BACKUP = "meshdns-stub-global"
EXIT_DONE, EXIT_REFUSED = 0, 3

# cluster → where its stub domain goes
PLACES = {
    "kubeadm-1.34":       [("coredns", "Corefile")],
    "kubeadm-1.13":       [("coredns", "Corefile")],
    "aks":                [("coredns-custom", "meshdns-stub-global.server")],
    "k3s":                [("coredns-custom", "meshdns-stub-global.server")],
    "gardener":           [("coredns-custom", "meshdns-stub-global.server")],
    "gke":                [("kube-dns", "stubDomains")],
    "kube-dns-1.11":      [("kube-dns", "stubDomains")],
    "kubeadm-node-local": [("coredns", "Corefile"), ("kube-dns", "stubDomains")],
    "gke-node-local":     [("kube-dns", "stubDomains")],
    "kubespray":          [("coredns", "Corefile"), ("nodelocaldns", "Corefile")],
}


def texts(config_maps):
    """ConfigMap → its data."""
    return {name: data for name, (_, data) in config_maps.items()}


def changed(before, after):
    """Which keys of which ConfigMaps differ, the backup's apart."""
    return sorted((name, key) for name in (before.keys() | after.keys()) - {BACKUP}
                  for key in before.get(name, {}).keys() | after.get(name, {}).keys()
                  if before.get(name, {}).get(key) != after.get(name, {}).get(key))


def done(ended):
    assert ended.returncode == EXIT_DONE, ended.stderr
    return ended.stdout


def delegated(cluster):
    """What pods ask, and each replica, gives the zone's answer, and all else as before."""
    ways = [{}, *({"by": replica, "port": cluster.dns_port} for replica in cluster.replica_addresses)]
    for way in ways:
        for tcp in (False, True):
            assert cluster.answers(HOST, tcp=tcp, **way) == ("NOERROR", [ADDRESS]), (way, tcp)
    assert cluster.answers("unknown.bar.global") == ("NXDOMAIN", [])
    assert cluster.everything_else() == cluster.AS_BEFORE
    return True


@pytest.mark.parametrize("name", PLACES)
def test_there_and_back(cluster, name):
    cluster.lay_out(objects_of(name))
    before = cluster.config_maps()
    done(cluster.stub("detect"))
    assert "the zone global is delegated to" in done(cluster.stub("install", "--server", SERVER))
    assert delegated(cluster)
    installed = cluster.config_maps()
    assert BACKUP in installed and changed(texts(before), texts(installed)) == PLACES[name]

    assert done(cluster.stub("install", "--server", SERVER)).endswith("already\n")
    assert cluster.config_maps() == installed
    assert "as installed" in done(cluster.stub("status"))
    done(cluster.stub("verify", "--server", SERVER))
    done(cluster.stub("remove"))
    assert texts(cluster.config_maps()) == texts(before)
    eventually(lambda: cluster.answers(HOST)[0] == "NXDOMAIN", timeout=60, every=0.1)
    assert cluster.everything_else() == cluster.AS_BEFORE


@pytest.fixture
def kubeadm(cluster):
    """A fresh cluster of kubeadm's."""
    cluster.lay_out(objects_of("kubeadm-1.34"))
    return cluster


def test_a_dry_run_prints_the_change_and_makes_none(kubeadm):
    before = kubeadm.config_maps()
    diff = done(kubeadm.stub("install", "--server", SERVER, "--dry-run"))
    assert diff.startswith("--- ConfigMap kube-system/coredns, key Corefile (now)\n+++ ")
    assert f"+    forward . {kubeadm.meshdns_ip}\n" in diff
    assert not [line for line in diff.splitlines()[1:] if line.startswith("-")]
    report = json.loads(done(kubeadm.stub("install", "--server", SERVER, "--dry-run", "-o", "json")))
    assert report["places"] == ["ConfigMap kube-system/coredns, key Corefile"] and diff.startswith(report["diff"])
    assert kubeadm.config_maps() == before


def test_another_server_changes_one_line(kubeadm):
    done(kubeadm.stub("install", "--server", SERVER))
    before = texts(kubeadm.config_maps())["coredns"]["Corefile"]
    done(kubeadm.stub("install", "--server", OTHER_IP))
    after = texts(kubeadm.config_maps())["coredns"]["Corefile"]
    lines = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert lines == [f"-     forward . {kubeadm.meshdns_ip}", f"+     forward . {OTHER_IP}"]
    assert delegated(kubeadm)


def test_remove_keeps_what_others_have_edited_since_and_restore_refuses_to_undo_it(kubeadm):
    original = texts(kubeadm.config_maps())["coredns"]["Corefile"]
    done(kubeadm.stub("install", "--server", SERVER))
    with_ours = texts(kubeadm.config_maps())["coredns"]["Corefile"]
    kubeadm.edit("coredns", Corefile=with_ours.replace("prometheus :9153", "prometheus :9154"))
    refused = kubeadm.stub("restore")
    assert refused.returncode == EXIT_REFUSED
    assert "prometheus :9154" in refused.stderr and "meshdnsctl stub remove" in refused.stderr
    done(kubeadm.stub("remove"))
    assert texts(kubeadm.config_maps())["coredns"]["Corefile"] == original.replace("prometheus :9153", "prometheus :9154")


def test_restore_puts_every_octet_back(kubeadm):
    before = texts(kubeadm.config_maps())
    done(kubeadm.stub("install", "--server", SERVER))
    done(kubeadm.stub("restore"))
    assert {name: data for name, data in texts(kubeadm.config_maps()).items() if name != BACKUP} == before


def test_status_tells_who_has_taken_the_delegation_away(kubeadm):
    before = texts(kubeadm.config_maps())["coredns"]["Corefile"]
    done(kubeadm.stub("install", "--server", SERVER))
    kubeadm.edit("coredns", Corefile=before)
    drifted = kubeadm.stub("status")
    assert "gone" in drifted.stdout + drifted.stderr


def test_without_the_plugin_reload_it_restarts_coredns_only_when_asked_to(kubeadm):
    corefile = texts(kubeadm.config_maps())["coredns"]["Corefile"]
    kubeadm.edit("coredns", Corefile=corefile.replace("    reload 2s 1s\n", ""))
    before = kubeadm.config_maps()
    refused = kubeadm.stub("install", "--server", SERVER)
    assert refused.returncode == EXIT_REFUSED and "--restart" in refused.stderr
    assert kubeadm.config_maps() == before
    done(kubeadm.stub("install", "--server", SERVER, "--restart"))
    assert delegated(kubeadm)


def test_the_tutorials_corefile_is_rewritten_only_when_asked_to(kubeadm):
    """CoreDNS has it and does not load it: it goes on with the one before."""
    modern = texts(kubeadm.config_maps())["coredns"]["Corefile"]
    tutorial = modern.replace("forward . /etc/resolv.conf {\n       max_concurrent 1000\n    }", "proxy . /etc/resolv.conf")
    tutorial = tutorial.replace("pods insecure", "pods insecure\n       upstream")
    tutorial += "global:53 {\n    errors\n    cache 30\n    proxy . 10.43.57.78\n}\n"
    kubeadm.edit("coredns", Corefile=tutorial)
    before = kubeadm.config_maps()
    refused = kubeadm.stub("install", "--server", SERVER)
    assert refused.returncode == EXIT_REFUSED and "--modernise" in refused.stderr
    assert kubeadm.config_maps() == before

    done(kubeadm.stub("install", "--server", SERVER, "--modernise"))
    corefile = texts(kubeadm.config_maps())["coredns"]["Corefile"]
    assert "proxy" not in corefile and "upstream" not in corefile and "10.43.57.78" not in corefile
    assert delegated(kubeadm)


def test_a_block_that_was_made_by_hand_is_changed_and_comes_back_with_restore(kubeadm):
    by_hand = f"global:53 {{\n    errors\n    forward . {UPSTREAM}\n}}\n" + texts(kubeadm.config_maps())["coredns"]["Corefile"]
    kubeadm.edit("coredns", Corefile=by_hand)
    done(kubeadm.stub("install", "--server", SERVER))
    assert delegated(kubeadm)
    assert texts(kubeadm.config_maps())["coredns"]["Corefile"] == by_hand.replace(UPSTREAM, kubeadm.meshdns_ip, 1)
    done(kubeadm.stub("restore"))
    assert texts(kubeadm.config_maps())["coredns"]["Corefile"] == by_hand
    done(kubeadm.stub("install", "--server", SERVER))
    done(kubeadm.stub("remove"))
    assert "global" not in texts(kubeadm.config_maps())["coredns"]["Corefile"]


def test_an_immutable_config_map_is_refused(cluster):
    objects = objects_of("kubeadm-1.34")
    for each in objects:
        if each["kind"] == "ConfigMap":
            each["immutable"] = True
    cluster.apply(objects)
    before = cluster.config_maps()
    refused = cluster.stub("install", "--server", SERVER)
    assert refused.returncode == EXIT_REFUSED and "immutable" in refused.stderr
    assert cluster.config_maps() == before


def test_from_where_no_service_is_reached_a_pod_verifies(kubeadm):
    """As on a laptop, which reaches the API and nothing else."""
    node = kubeadm.node
    for address in (*kubeadm.replica_addresses, kubeadm.dns_ip, kubeadm.meshdns_ip):
        node.drop(CLIENT, address)
    try:
        with PodRunner(kubeadm) as runner, at(kubeadm.client.namespace):
            done(kubeadm.stub("install", "--server", SERVER, "--image", "meshdns"))
    finally:
        node.heal()
    assert len(runner.ran) == 2  # before anything is written, and after it
    assert json.loads(kubeadm.plane.kubectl("get", "pods", "-A", "-o", "json"))["items"] == []
    assert delegated(kubeadm)
