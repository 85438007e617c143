"""meshdnsctl entry on two real API servers: east serves, both call."""

import concurrent.futures
import itertools
import json
import signal
from pathlib import Path

import pytest

from cluster.contexts import write_contexts
from cluster.cutting_proxy import CuttingProxy
from cluster.entry_mesh import (  # mesh and two_clusters: fixtures
    BOTH, EXIT_FAILED, EXIT_REFUSED, FROM_EAST, HOST, LEDGER, NAME, VIP, done, gateway, mesh, refused, two_clusters)
from support.entries import service_entry
from support.meshdns import binary
from support.process import Process, eventually

BY_HAND = ("--port", "http1:8000/http", "--gateway", "172.25.55.50")

RULE_SPEC = {"host": HOST, "trafficPolicy": {"tls": {
    "mode": "ISTIO_MUTUAL", "sni": "outbound_.8000_._.serverservice04.bar.svc.cluster.local"}}}
ENTRY_SPEC = {
    "hosts": [HOST], "addresses": [VIP], "location": "MESH_INTERNAL", "resolution": "STATIC",
    "ports": [{"number": 8000, "name": "http1", "protocol": "HTTP"}],
    "endpoints": [{"address": "172.25.55.50", "ports": {"http1": 15443}, "locality": "region2/zone1",
                   "labels": {"security.istio.io/tlsMode": "istio"}}]}


def own_endpoint(mesh):
    """East's clients reach its servers without the gateway."""
    return {"address": mesh.spec("east", "service", "serverservice04")["clusterIP"], "locality": "region2/zone1",
            "labels": {"security.istio.io/tlsMode": "istio"}}


def test_from_the_serving_cluster_into_two(mesh):
    said = done(mesh.entry("create", HOST, *FROM_EAST, *BOTH))
    assert said.startswith(f"{HOST} has {VIP}: west: ConfigMap meshdns/meshdns-vips created, "
                           f"west: DestinationRule bar/{NAME} created, west: ServiceEntry bar/{NAME} created, east: ")
    assert "port 53 is left out: sidecars carry TCP alone, and this is UDP" in said
    assert [mesh.spec(cluster, "serviceentry") for cluster in ("west", "east")] == [ENTRY_SPEC, {**ENTRY_SPEC, "endpoints": [own_endpoint(mesh)]}]
    assert [mesh.spec(cluster, "destinationrule") for cluster in ("west", "east")] == [RULE_SPEC, RULE_SPEC]
    assert mesh.ledger() == {HOST: VIP} and mesh.ledger("east") == {}

    before = [mesh.get(cluster, *each) for cluster in ("west", "east") for each in (("serviceentry",), ("destinationrule",), LEDGER)]
    assert done(mesh.entry("create", HOST, *FROM_EAST, *BOTH)).startswith(f"{HOST} has {VIP} already\n")
    assert before == [mesh.get(cluster, *each) for cluster in ("west", "east")
                      for each in (("serviceentry",), ("destinationrule",), LEDGER)]


def test_a_dry_run_prints_the_difference_and_makes_none(mesh):
    diff = done(mesh.entry("create", HOST, *FROM_EAST, "--context", "west", "--dry-run"))
    assert f"+++ west: ServiceEntry bar/{NAME} (then)\n" in diff and f"+    - {VIP}" in diff.replace('"', "")
    assert mesh.there() == set() and mesh.ledger() == {}


def test_global_sni_needs_the_entry_and_the_gateway_there(mesh):
    arguments = ("create", HOST, *FROM_EAST, "--context", "west", "--sni", "global")
    refused(mesh.entry(*arguments), "expected one with tls mode AUTO_PASSTHROUGH and hosts *.global", "has there hosts *.local")
    mesh.apply("east", gateway(hosts=["*.local", "*.global"]))
    refused(mesh.entry(*arguments), f"no ServiceEntry for {HOST}", "--sni service")
    mesh.apply("east", service_entry("there", HOST, workloadSelector={"labels": {"app": "serverservice04"}}))
    done(mesh.entry(*arguments))
    assert mesh.spec("west", "destinationrule")["trafficPolicy"] == {"tls": {"mode": "ISTIO_MUTUAL"}}


@pytest.mark.parametrize("gateways, named", [
    ([], "no Gateway passes port 15443 on to serverservice04.bar.svc.cluster.local"),
    ([gateway(port=443)], "no Gateway passes port 15443 on"),
    ([gateway(mode="PASSTHROUGH")], "has there tls mode PASSTHROUGH"),
    ([gateway(hosts=["*.example"])], "has there hosts *.example"),
], ids=["none", "another port", "another mode", "other hosts"])
def test_a_gateway_without_15443(mesh, gateways, named):
    mesh.planes["east"].kubectl("-n", "istio-system", "delete", "gateways.networking.istio.io", "--all")
    if gateways:
        mesh.apply("east", *gateways)
    refused(mesh.entry("create", HOST, *FROM_EAST, "--context", "west"), "east: ", named, "expose-services.yaml")
    assert mesh.there() == set() and mesh.ledger() == {}


# arguments of create, what is named
REFUSED = {
    "no such service":    (("--from-context", "east", "bar/nobody"), "there is no Service bar/nobody"),
    "UDP alone":          (("--from-context", "east", "bar/only-udp"), "has no TCP port"),
    "an external name":   (("--from-context", "east", "bar/elsewhere"), "is of the type ExternalName"),
    "no namespace":       (("x.nowhere.global", *BY_HAND), "kubectl --context west create namespace nowhere"),
    "the Services' range": ((HOST, *BY_HAND, "--pool", "10.96.0.0/12"), "the pool 10.96.0.0/12 overlaps 10.96.0.0/16, which is the Services"),
    "an address of theirs": ((HOST, *BY_HAND, "--address", "10.96.0.1"), "10.96.0.1 overlaps 10.96.0.0/16"),
    "somebody's address": ((HOST, *BY_HAND, "--address", "240.0.0.7"), "240.0.0.7 is the address of others.bar.global (west: ServiceEntry bar/others)"),
    "a full pool":        ((HOST, *BY_HAND, "--pool", "240.0.0.4/30"), "the pool 240.0.0.4/30 is exhausted: it has 2 addresses"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_cluster_does_not_allow(mesh, case):
    arguments, named = REFUSED[case]
    mesh.apply("west", service_entry("others", "others.bar.global", ["240.0.0.7"]),
               service_entry("more", "more.bar.global", ["240.0.0.4/31", "240.0.0.6"]), service_entry("last", "last.bar.global", ["240.0.0.5"]))
    host = () if "." in arguments[0] else (HOST,)
    refused(mesh.entry("create", *host, *arguments, "--context", "west"), named)
    assert mesh.there() == set() and mesh.ledger() == {}


def test_a_pool_of_a_nodes_pods(mesh):
    refused(mesh.entry("create", HOST, *BY_HAND, "--context", "east", "--pool", "10.244.0.0/16"),
            "the pool 10.244.0.0/16 overlaps 10.244.7.0/24, which is the pods of Node n1", "--pool names another")


def test_an_address_that_another_client_has_taken(mesh):
    """West's lease is of a pool that east's pods have."""
    done(mesh.entry("create", HOST, *BY_HAND, "--context", "west", "--pool", "10.244.7.0/24"))
    leased = mesh.ledger()[HOST]
    refused(mesh.entry("create", HOST, *BY_HAND, *BOTH), f"east: {leased} overlaps 10.244.7.0/24, which is the pods of Node n1", "--address names another")
    assert mesh.there() == {("west", "serviceentry"), ("west", "destinationrule")}


def test_what_stands_in_the_way_by_name(mesh):
    mesh.apply("west", service_entry(NAME, "serverservice04.bar.mesh", ["240.0.0.7"]))
    refused(mesh.entry("create", HOST, *BY_HAND, "--context", "west"), f"ServiceEntry bar/{NAME} is there for another host")
    mesh.apply("west", service_entry("one", HOST), service_entry("two", HOST))
    refused(mesh.entry("create", HOST, *BY_HAND, "--context", "west"), f"ServiceEntry bar/one and ServiceEntry bar/two are both for {HOST}")


# ---- what others have written

def test_an_entry_by_hand_is_edited_and_keeps_its_address(mesh):
    mesh.apply("west", service_entry("by-hand", HOST, ["240.0.0.2"], exportTo=["*"], endpoints=[
        {"address": "172.25.55.50", "ports": {"http1": 15443}, "weight": 7}, {"address": "172.25.55.51"}]))
    mesh.apply("west", {"apiVersion": "networking.istio.io/v1", "kind": "DestinationRule", "metadata": {"name": "ejects", "namespace": "bar"},
                        "spec": {"host": HOST, "trafficPolicy": {"outlierDetection": {"maxEjectionPercent": 100}}}})
    done(mesh.entry("create", HOST, *BY_HAND, *BOTH))
    assert mesh.spec("west", "serviceentry", "by-hand")["addresses"] == mesh.spec("east", "serviceentry")["addresses"] == ["240.0.0.2"]
    assert mesh.spec("west", "serviceentry", "by-hand")["exportTo"] == ["*"]
    assert [each["weight"] for each in mesh.spec("west", "serviceentry", "by-hand")["endpoints"]] == [7]
    assert mesh.spec("west", "destinationrule", "ejects")["trafficPolicy"] == {
        "outlierDetection": {"maxEjectionPercent": 100}, **RULE_SPEC["trafficPolicy"]}
    assert mesh.there() == {("east", "serviceentry"), ("east", "destinationrule")}
    assert mesh.ledger() == {HOST: "240.0.0.2"}


def test_what_helm_keeps_is_refused(mesh):
    kept = service_entry(NAME, HOST, ["240.0.0.2"])
    kept["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "Helm"}
    kept["metadata"]["annotations"] = {"meta.helm.sh/release-name": "mesh"}
    mesh.apply("west", kept)
    for command in (("create", HOST, *BY_HAND), ("delete", HOST)):
        refused(mesh.entry(*command, "--context", "west"), "is kept by Helm (release mesh)", f"meshdnsctl entry {command[0]} {HOST}", "--file MANIFEST")
    assert mesh.there() == {("west", "serviceentry")} and mesh.ledger() == {}
    done(mesh.entry("create", HOST, *BY_HAND, "--context", "west", "--even-if-managed"))
    assert mesh.there() == {("west", "serviceentry"), ("west", "destinationrule")}


# ---- the way back

def test_deleted_and_created_again(mesh):
    done(mesh.entry("create", HOST, *FROM_EAST, *BOTH))
    said = done(mesh.entry("delete", HOST, *BOTH))
    assert said.startswith(f"{HOST} has no entry: west: ServiceEntry bar/{NAME} deleted, west: DestinationRule bar/{NAME} deleted, east: ")
    assert mesh.there() == set()
    assert mesh.ledger()[HOST].startswith(f"{VIP}, released 20")
    assert done(mesh.entry("delete", HOST, *BOTH)).startswith(f"{HOST} has no entry already")
    done(mesh.entry("create", HOST, *BY_HAND, *BOTH))
    assert mesh.ledger() == {HOST: VIP}


def test_a_dry_run_of_delete_deletes_nothing(mesh):
    done(mesh.entry("create", HOST, *BY_HAND, "--context", "west"))
    assert f"--- west: ServiceEntry bar/{NAME} (now)\n" in done(mesh.entry("delete", HOST, "--context", "west", "--dry-run"))
    assert mesh.there() == {("west", "serviceentry"), ("west", "destinationrule")} and mesh.ledger() == {HOST: VIP}


def test_delete_is_refused_while_a_route_leads_there(mesh):
    done(mesh.entry("create", HOST, *BY_HAND, *BOTH))
    mesh.apply("east", {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": {"name": "route", "namespace": "bar"},
                        "spec": {"hosts": ["service01"], "http": [{"route": [{"destination": {"host": HOST}}]}]}})
    refused(mesh.entry("delete", HOST, *BOTH), f"east: VirtualService bar/route sends requests to {HOST} (spec.http[0].route[0])",
            "kubectl --context east -n bar edit virtualservice route")
    assert len(mesh.there()) == 4 and mesh.ledger() == {HOST: VIP}


def test_the_ledger_elsewhere(mesh):
    done(mesh.entry("create", HOST, *BY_HAND, "--context", "west", "--ledger-context", "east"))
    assert mesh.ledger("east") == {HOST: VIP} and mesh.ledger("west") == {}
    mesh.apply("east", service_entry("still", HOST, [VIP]))
    assert "keeps its address" in done(mesh.entry("delete", HOST, "--context", "west", "--ledger-context", "east"))
    assert mesh.ledger("east") == {HOST: VIP} and mesh.there() == set()
    mesh.planes["east"].kubectl("-n", "bar", "delete", "serviceentry", "still")
    done(mesh.entry("delete", HOST, "--context", "west", "--ledger-context", "east"))
    assert mesh.ledger("east")[HOST].startswith(f"{VIP}, released ")


def test_list(mesh):
    done(mesh.entry("create", HOST, *BY_HAND, *BOTH))
    mesh.apply("west", service_entry("by-hand", "b.bar.global", ["240.0.0.2"], resolution="NONE"))
    done(mesh.entry("create", "gone.bar.global", *BY_HAND, "--context", "west"))
    done(mesh.entry("delete", "gone.bar.global", "--context", "west"))
    gone, ours, by_hand = (json.loads(done(mesh.entry("list", *BOTH, "-o", "json")))[i] for i in (1, 2, 0))
    assert ours == {"host": HOST, "addresses": [VIP], "ports": ["http1:8000/HTTP"],
                    "endpoints": ["172.25.55.50:15443"], "object": f"bar/{NAME}", "lease": "leased", "clusters": ["west", "east"]}
    assert (by_hand["host"], by_hand["lease"], by_hand["clusters"]) == ("b.bar.global", "none", ["west"])
    assert (gone["host"], gone["object"], gone["clusters"]) == ("gone.bar.global", "", []) and gone["lease"].startswith("released 20")
    table = done(mesh.entry("list", "--context", "west", "-n", "bar"))
    assert table.splitlines()[0].split() == ["HOST", "ADDRESSES", "PORTS", "ENDPOINTS", "OBJECT", "CLUSTERS", "LEASE"]
    assert len(table.splitlines()) == 3


# ---- others at the same time, and ends in the middle

def test_allocators_at_once_give_no_address_twice(mesh):
    """In a pool in which every second host collides, into one cluster or the other, with one ledger."""
    hosts = [f"s{i}.bar.global" for i in range(16)]

    def create(i):
        return mesh.entry("create", hosts[i], *BY_HAND, "--context", ("west", "east")[i % 2], "--ledger-context", "west", "--pool", "240.0.0.32/27")

    with concurrent.futures.ThreadPoolExecutor(8) as at_once:
        for ended in at_once.map(create, range(len(hosts))):
            done(ended)
    entries = [item for cluster in ("west", "east")
               for item in json.loads(mesh.planes[cluster].kubectl("-n", "bar", "get", "serviceentries", "-o", "json"))["items"]]
    given = {entry["spec"]["hosts"][0]: entry["spec"]["addresses"][0] for entry in entries}
    assert given == mesh.ledger() and given.keys() == set(hosts)
    assert len(set(given.values())) == len(hosts)


def killed(proxy, mesh, kubeconfig, command, number, carried_out):
    running = None
    proxy.cut_at(number, carried_out, lambda: running.signal(signal.SIGKILL))
    running = Process([Path(binary()).with_name("meshdnsctl"), "entry", *command, "--context", "west", "--kubeconfig", kubeconfig])
    assert running.wait(60) == -signal.SIGKILL, running.log


@pytest.mark.parametrize("command, then", [
    (("create", HOST, *BY_HAND), "create"), (("create", HOST, *BY_HAND), "delete"), (("delete", HOST), "delete"), (("delete", HOST), "create")],
    ids=["create, create", "create, delete", "delete, delete", "delete, create"])
def test_killed_at_each_change(mesh, tmp_path, command, then):
    with CuttingProxy(mesh.planes["west"], tmp_path) as proxy:
        kubeconfig = write_contexts(tmp_path / "kubeconfig", {"west": mesh.planes["west"]}, {"west": proxy.url})
        for number, carried_out in itertools.product((1, 2, 3), (False, True)):  # the ledger, the rule, the entry
            mesh.clear()
            if command[0] == "delete":
                done(mesh.entry("create", HOST, *BY_HAND, "--context", "west"))
            killed(proxy, mesh, kubeconfig, command, number, carried_out)
            assert ("west", "serviceentry") not in mesh.there() or ("west", "destinationrule") in mesh.there(), "an entry without its rule"
            done(mesh.entry(then, HOST, *(BY_HAND if then == "create" else ()), "--context", "west"))
            if then == "create":
                assert mesh.spec("west", "serviceentry")["addresses"] == [VIP] and mesh.ledger() == {HOST: VIP}
            else:
                assert mesh.there() == set() and not any("released" not in lease for lease in mesh.ledger().values())


def admission(expression):
    """A policy of the API server's that takes only what the CEL expression allows."""
    kind = {"apiVersion": "admissionregistration.k8s.io/v1"}
    rules = [{"apiGroups": ["networking.istio.io"], "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"], "resources": ["serviceentries"]}]
    return [{**kind, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "no-entries"},
             "spec": {"failurePolicy": "Fail", "matchConstraints": {"resourceRules": rules}, "validations": [{"expression": expression}]}},
            {**kind, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "no-entries"},
             "spec": {"policyName": "no-entries", "validationActions": ["Deny"]}}]


@pytest.fixture
def refusing_east(mesh):
    """From a call on, east takes no ServiceEntry for which the CEL expression is false."""
    def refuse(expression):
        mesh.apply("east", *admission(expression))
        probe = service_entry("probe", "probe.bar.global")
        eventually(lambda: refuses(mesh, probe), timeout=30, every=0.2)

    yield refuse
    mesh.planes["east"].kubectl("delete", "validatingadmissionpolicies,validatingadmissionpolicybindings", "no-entries")
    eventually(lambda: not refuses(mesh, service_entry("probe", "probe.bar.global")), timeout=30, every=0.2)


def refuses(mesh, probe):
    """Whether east refuses it, to be stored."""
    answer = mesh.planes["east"].http.post(f"{mesh.planes['east'].url}/apis/networking.istio.io/v1/namespaces/bar/serviceentries", json=probe, timeout=30)
    if answer.status_code == 201:
        mesh.planes["east"].delete("probe")
    return answer.status_code == 422


def test_a_cluster_that_refuses_leaves_all_as_it_was(mesh, refusing_east):
    refusing_east("false")
    ended = mesh.entry("create", HOST, *BY_HAND, *BOTH)
    refused(ended, f"east: ServiceEntry bar/{NAME}: ", "no-entries", "nothing has changed")
    assert mesh.there() == set() and mesh.ledger() == {}


def test_a_cluster_that_refuses_midway_is_told_with_what_is_there(mesh, refusing_east):
    refusing_east("request.dryRun == true")
    ended = mesh.entry("create", HOST, *BY_HAND, *BOTH)
    refused(ended, f"east: ServiceEntry bar/{NAME}: ",
            f"done: west: ConfigMap meshdns/meshdns-vips created, west: DestinationRule bar/{NAME} created, west: ServiceEntry bar/{NAME} created, "
            f"east: DestinationRule bar/{NAME} created", f"not done: east: ServiceEntry bar/{NAME}",
            f"meshdnsctl entry delete {HOST} --context west --context east --kubeconfig {mesh.kubeconfig} undoes it")
    assert mesh.there() == {("west", "serviceentry"), ("west", "destinationrule"), ("east", "destinationrule")}
    done(mesh.entry("delete", HOST, *BOTH))
    assert mesh.there() == set()


def test_no_command_undoes_what_has_changed_before(mesh, refusing_east):
    """entry delete would take away what was there, and entry create with no more than the host makes nothing."""
    done(mesh.entry("create", HOST, *BY_HAND, "--context", "west"))
    refusing_east("request.dryRun == true")
    ended = mesh.entry("create", HOST, *BY_HAND[:3], "172.25.55.51", *BOTH)
    refused(ended, f"done: west: ServiceEntry bar/{NAME} changed, east: DestinationRule bar/{NAME} created", "the same command again finishes it")
    assert "undoes" not in ended.stderr


def test_finished_by_the_same_command(mesh, refusing_east):
    refusing_east("request.dryRun == true")
    assert mesh.entry("create", HOST, *BY_HAND, *BOTH).returncode == EXIT_REFUSED
    mesh.planes["east"].kubectl("delete", "validatingadmissionpolicybindings", "no-entries")
    eventually(lambda: not refuses(mesh, service_entry("probe", "probe.bar.global")), timeout=30, every=0.2)
    done(mesh.entry("create", HOST, *BY_HAND, *BOTH))
    assert mesh.spec("east", "serviceentry")["addresses"] == mesh.spec("west", "serviceentry")["addresses"] == [VIP]
    mesh.apply("east", *admission("true"))


# ---- who may not

def test_without_permission(mesh):
    plane = mesh.planes["west"]
    plane.kubectl("-n", "bar", "create", "serviceaccount", "nobody")
    token = plane.kubectl("-n", "bar", "create", "token", "nobody").strip()
    kubeconfig = write_contexts(mesh.directory / "nobody", {"west": plane}, tokens={"west": token})
    for command in (("create", HOST, *BY_HAND), ("delete", HOST), ("list",)):
        ended = mesh.entry(*command, kubeconfig=kubeconfig)
        assert (ended.returncode, ended.stdout) == (EXIT_FAILED, "") and "403" in ended.stderr and "cannot" in ended.stderr, ended.stderr


@pytest.mark.parametrize("data, named", [
    ({HOST: "nonsense"}, 'key serverservice04.bar.global: found "nonsense", expected addresses'),
    ({HOST: "240.0.0.9, released yesterday"}, "key serverservice04.bar.global"),
])
def test_a_ledger_that_cannot_be_read(mesh, data, named):
    mesh.apply("west", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "meshdns-vips", "namespace": "meshdns"}, "data": data})
    refused(mesh.entry("create", HOST, *BY_HAND, "--context", "west"), "west: ConfigMap meshdns/meshdns-vips, ", named)


FULL = 640 << 10  # octets of hosts and leases: kMostLedgerOctets


def test_a_full_ledger(mesh):
    """As many hosts as it may have, which is more than the 10,000 of a large mesh: the API server and etcd take one more change."""
    plane, leases, octets = mesh.planes["west"], {}, 0
    while octets < FULL - 100:
        i = len(leases)
        host, lease = f"service{i:05}.team{i % 97}.global", f"240.{i >> 16}.{i >> 8 & 255}.{i & 255}"
        leases[host] = lease
        octets += len(host) + len(lease)
    assert len(leases) > 15000
    answer = plane.http.post(f"{plane.url}/api/v1/namespaces/meshdns/configmaps?fieldManager=meshdnsctl", timeout=60, json={
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "meshdns-vips"}, "data": leases})
    assert answer.status_code == 201, answer.text
    done(mesh.entry("create", HOST, *BY_HAND, "--context", "west"))
    assert mesh.ledger() == {**leases, HOST: VIP}
    refused(mesh.entry("create", "a-longer-name-than-there-is-room-for.bar.global", *BY_HAND, "--context", "west"),
            f"west: ConfigMap meshdns/meshdns-vips is full: it has {len(leases) + 1} hosts")


def test_two_ledgers(mesh):
    for namespace in ("meshdns", "istio-system"):
        mesh.apply("west", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "meshdns-vips", "namespace": namespace}, "data": {}})
    try:
        refused(mesh.entry("create", HOST, *BY_HAND, "--context", "west"), "there are two ledgers", "merge one into the other")
        mesh.planes["west"].kubectl("-n", "meshdns", "delete", "configmap", "meshdns-vips")
        done(mesh.entry("create", HOST, *BY_HAND, "--context", "west"))
        assert mesh.get("west", "configmap", "meshdns-vips", "istio-system")["data"] == {HOST: VIP}
    finally:
        mesh.planes["west"].kubectl("-n", "istio-system", "delete", "configmap", "meshdns-vips")
