"""meshdnsctl failover on two real API servers: what it writes into whose objects, what it refuses, and the way back."""

import json
import shlex

import pytest
import yaml

from cluster.conftest import running_control_plane
from cluster.contexts import write_contexts
from support.meshdnsctl import meshdnsctl

HOST, NAME = "a.bar.global", "a-bar"
GATEWAY = "172.25.55.50"
REGION, ZONE = "topology.kubernetes.io/region", "topology.kubernetes.io/zone"
EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_REFUSED = 0, 1, 2, 3
ALL = ("--repeatable", "--per-try-timeout", "0.5s", "--connect-timeout", "500ms")
KINDS = ("serviceentry", "destinationrule", "virtualservice")

DETECTION = {"consecutiveGatewayErrors": 3, "consecutive5xxErrors": 0, "interval": "1s", "baseEjectionTime": "30s",
             "maxEjectionPercent": 100, "minHealthPercent": 1}
BOTH_WAYS = {"enabled": True, "failover": [{"from": "region1", "to": "region2"}, {"from": "region2", "to": "region1"}]}
TLS = {"mode": "ISTIO_MUTUAL", "sni": "outbound_.8000_._.a.bar.svc.cluster.local"}
ONCE = {"attempts": 2, "retryOn": "connect-failure,refused-stream", "retryRemoteLocalities": True}
REPEATED = {**ONCE, "perTryTimeout": "0.5s", "retryOn": "gateway-error,connect-failure,refused-stream"}
HTTP, TCP = {"number": 8000, "name": "http1", "protocol": "HTTP"}, {"number": 5432, "name": "db", "protocol": "TCP"}


def istio(kind, spec, name=NAME, namespace="bar", **metadata):
    return {"apiVersion": "networking.istio.io/v1", "kind": kind, "metadata": {"name": name, "namespace": namespace, **metadata}, "spec": spec}


def entry(*endpoints, ports=(HTTP,), **metadata):
    return istio("ServiceEntry", {"hosts": [HOST], "addresses": ["240.0.0.9"], "location": "MESH_INTERNAL", "resolution": "STATIC",
                                  "ports": list(ports), "endpoints": list(endpoints)}, **metadata)


def direct(address="10.0.0.7", locality="region1/zone1"):
    return {"address": address} | ({"locality": locality} if locality else {})


def remote(locality="region2/zone1", ports=(HTTP,)):
    return {"address": GATEWAY, "ports": {port["name"]: 15443 for port in ports}} | ({"locality": locality} if locality else {})


def rule(**policy):
    return istio("DestinationRule", {"host": HOST, "trafficPolicy": {"tls": TLS, **policy}})


def node(name, *places, address="192.0.2.1"):
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": dict(zip((REGION, ZONE), places))},
            "status": {"addresses": [{"type": "InternalIP", "address": address}]}}


def pod(name, image="docker.io/istio/proxyv2:1.20.1", field="containers"):
    own = {"name": "own", "image": "example.org/app:1.0"}
    sidecar = {"name": "istio-proxy", "image": image}
    spec = {"containers": [own], "initContainers": [{**sidecar, "restartPolicy": "Always"}]} if field == "initContainers" else {"containers": [own, sidecar]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "bar"}, "spec": {**spec, "nodeName": "west1"}}


class Mesh:
    def __init__(self, planes, directory):
        self.planes = planes
        self.directory = directory
        self.kubeconfig = write_contexts(directory / "kubeconfig", planes)

    def failover(self, command, *arguments, contexts=("west",)):
        where = [text for context in contexts for text in ("--context", context)]
        return meshdnsctl("failover", command, *arguments, *where, "--kubeconfig", self.kubeconfig)

    def apply(self, cluster, *objects):
        file = self.directory / "objects.yaml"
        file.write_text(yaml.safe_dump_all(objects))
        self.planes[cluster].kubectl("apply", "--server-side", "--force-conflicts", "-f", file)

    def get(self, kind, cluster="west", name=NAME):
        """The object, or None."""
        text = self.planes[cluster].kubectl("-n", "bar", "get", kind, name, "-o", "json", "--ignore-not-found")
        return json.loads(text) if text else None

    def spec(self, kind, cluster="west", name=NAME):
        return self.get(kind, cluster, name)["spec"]

    def policy(self, cluster="west"):
        return self.spec("destinationrule", cluster)["trafficPolicy"]

    def state(self):
        """Everything of the host, with its versions."""
        return [self.get(kind, cluster) for cluster in self.planes for kind in KINDS]

    def clear(self):
        for plane in self.planes.values():
            plane.kubectl("-n", "bar", "delete", "serviceentries,destinationrules,virtualservices", "--all")
            plane.kubectl("-n", "bar", "delete", "services,endpointslices", "--all")
            plane.kubectl("-n", "bar", "delete", "pods", "--all", "--force", "--grace-period=0")
            plane.kubectl("delete", "nodes", "--all")


@pytest.fixture(scope="module")
def two_clusters(tmp_path_factory):
    with running_control_plane(tmp_path_factory.mktemp("west")) as west, \
            running_control_plane(tmp_path_factory.mktemp("east")) as east:
        yield Mesh({"west": west, "east": east}, tmp_path_factory.mktemp("mesh"))


@pytest.fixture
def mesh(two_clusters):
    two_clusters.clear()
    two_clusters.apply("west", node("west1", "region1", "zone1"))
    two_clusters.apply("east", node("east1", "region2", "zone1"))
    return two_clusters


def done(ended):
    assert ended.returncode == EXIT_DONE, ended.stderr
    return ended.stdout


def refused(ended, *named):
    assert (ended.returncode, ended.stdout) == (EXIT_REFUSED, ""), ended.stdout + ended.stderr
    for each in named:
        assert each in ended.stderr, ended.stderr


def specs(state):
    return [each and each["spec"] for each in state]


def said_to_undo_it(text):
    line = next(line for line in text.splitlines() if line.startswith("note: undone by: meshdnsctl "))
    return shlex.split(line.removeprefix("note: undone by: meshdnsctl "))


def test_a_host_fails_over_and_does_not_any_more(mesh):
    mesh.apply("west", entry(direct(), remote()), rule())
    before = mesh.state()
    said = done(mesh.failover("create", HOST, *ALL))
    assert said.startswith(f"{HOST} fails over: west: DestinationRule bar/{NAME} changed, west: VirtualService bar/{NAME} created\n"), said
    assert [line for line in said.splitlines() if line.startswith("note: ")] == [
        f"note: undone by: meshdnsctl failover delete {HOST} --context west --kubeconfig {mesh.kubeconfig}"]
    assert mesh.policy() == {"tls": TLS, "outlierDetection": DETECTION, "loadBalancer": {"localityLbSetting": BOTH_WAYS},
                             "connectionPool": {"tcp": {"connectTimeout": "500ms"}}}
    assert mesh.spec("virtualservice") == {"hosts": [HOST], "http": [{"route": [{"destination": {"host": HOST}}], "retries": REPEATED}]}

    there = mesh.state()
    again = done(mesh.failover("create", HOST, *ALL))
    assert again.startswith(f"{HOST} fails over already\n") and "undone" not in again and mesh.state() == there
    gone = done(meshdnsctl(*said_to_undo_it(said)))
    assert gone.startswith(f"{HOST} does not fail over: west: VirtualService bar/{NAME} deleted, west: DestinationRule bar/{NAME} changed\n")
    assert specs(mesh.state()) == specs(before)
    assert said_to_undo_it(gone)[:-4] == ["failover", "create", HOST, *ALL]
    done(meshdnsctl(*said_to_undo_it(gone)))
    assert specs(mesh.state()) == specs(there)
    done(mesh.failover("delete", HOST))
    assert done(mesh.failover("delete", HOST)).startswith(f"{HOST} does not fail over already\n")


def test_an_entry_is_deleted_after_its_failover(mesh):
    mesh.apply("west", entry(direct(), remote()), rule())
    done(mesh.failover("create", HOST))
    where = ("--context", "west", "--kubeconfig", mesh.kubeconfig)
    refused(meshdnsctl("entry", "delete", HOST, *where), f"take that out first: meshdnsctl failover delete {HOST} --context west --kubeconfig {mesh.kubeconfig}")
    done(mesh.failover("delete", HOST))
    done(meshdnsctl("entry", "delete", HOST, *where))


def test_a_dry_run_prints_the_difference_and_makes_none(mesh):
    mesh.apply("west", entry(direct(), remote(None)), rule())
    before = mesh.state()
    diff = done(mesh.failover("create", HOST, "--locality", f"{GATEWAY}=region2", "--dry-run"))
    for kind in ("ServiceEntry", "DestinationRule", "VirtualService"):
        assert f"+++ west: {kind} bar/{NAME} (then)\n" in diff, diff
    assert "+      locality: region2\n" in diff and mesh.state() == before


def test_two_clusters_at_once_and_what_is_lost_is_said(mesh):
    mesh.apply("west", entry(direct(), remote()), rule())
    mesh.apply("east", entry(direct("10.0.0.8", "region2/zone1"), remote("region1/zone1")), rule())
    said = done(mesh.failover("create", HOST, contexts=("west", "east")))
    assert [mesh.policy(cluster)["loadBalancer"]["localityLbSetting"] for cluster in mesh.planes] == [BOTH_WAYS, BOTH_WAYS]
    assert [mesh.spec("virtualservice", cluster)["http"][0]["retries"] for cluster in mesh.planes] == [ONCE, ONCE]
    for flag in ("--repeatable", "--per-try-timeout", "--connect-timeout"):
        assert len([line for line in said.splitlines() if flag in line]) >= 1, said
    done(meshdnsctl(*said_to_undo_it(said)))
    assert [mesh.policy(cluster) for cluster in mesh.planes] == [{"tls": TLS}, {"tls": TLS}]


def test_shares_in_place_of_failover_and_back(mesh):
    mesh.apply("west", entry(direct(), remote()), rule())
    done(mesh.failover("create", HOST, *ALL))
    said = done(mesh.failover("create", HOST, "--distribute", "region1=75", "region2/zone1=25", *ALL))
    setting = {"enabled": True, "distribute": [{"from": "*", "to": {"region1": 75, "region2/zone1": 25}}]}
    assert mesh.policy()["loadBalancer"]["localityLbSetting"] == setting and "undone by" not in said
    done(mesh.failover("create", HOST, *ALL))
    assert mesh.policy()["loadBalancer"]["localityLbSetting"] == BOTH_WAYS


def test_several_ports_have_it_each(mesh):
    ports = [HTTP, {"number": 9000, "name": "grpc", "protocol": "GRPC"}, TCP]
    tls = {port["number"]: {**TLS, "sni": TLS["sni"].replace("8000", str(port["number"]))} for port in ports}
    mesh.apply("west", entry(direct(), remote(ports=ports), ports=ports), istio("DestinationRule", {
        "host": HOST, "trafficPolicy": {"portLevelSettings": [{"port": {"number": number}, "tls": each} for number, each in tls.items()]}}))
    said = done(mesh.failover("create", HOST, *ALL))
    assert mesh.policy() == {"portLevelSettings": [{
        "port": {"number": number}, "tls": each, "outlierDetection": DETECTION, "loadBalancer": {"localityLbSetting": BOTH_WAYS},
        "connectionPool": {"tcp": {"connectTimeout": "500ms"}}} for number, each in tls.items()]}
    routes = mesh.spec("virtualservice")["http"]
    assert [(each["match"], each["route"][0]["destination"]["port"], each["retries"]["retryOn"]) for each in routes] == [
        ([{"port": 8000}], {"number": 8000}, REPEATED["retryOn"]), ([{"port": 9000}], {"number": 9000}, REPEATED["retryOn"] + ",unavailable")]
    assert "open TCP and TLS connections break" in said


def test_tcp_alone_needs_no_route(mesh):
    mesh.apply("west", entry(direct(), remote(ports=[TCP]), ports=[TCP]), rule())
    done(mesh.failover("create", HOST))
    assert mesh.get("virtualservice") is None and mesh.policy()["outlierDetection"] == DETECTION


def test_what_others_wrote_stays(mesh):
    """A route of the host's own keeps its matches, timeouts and other destinations, a rule its other settings."""
    http = [{"name": "slow", "match": [{"uri": {"prefix": "/slow"}}], "route": [{"destination": {"host": HOST}}], "timeout": "9s"},
            {"match": [{"uri": {"prefix": "/old"}}], "redirect": {"uri": "/new"}}, {"route": [{"destination": {"host": HOST}}]}]
    of_its_own = rule(loadBalancer={"simple": "RANDOM"})
    of_its_own["spec"]["subsets"] = [{"name": "v1", "trafficPolicy": {"loadBalancer": {"simple": "ROUND_ROBIN"}}}, {"name": "v2"}]
    mesh.apply("west", entry(direct(), remote()), of_its_own, istio("VirtualService", {"hosts": [HOST], "http": http}, "mine"))
    said = done(mesh.failover("create", HOST, *ALL))
    assert mesh.spec("virtualservice", name="mine")["http"] == [http[0] | {"retries": REPEATED}, http[1], http[2] | {"retries": REPEATED}]
    assert mesh.policy()["loadBalancer"] == {"simple": "RANDOM", "localityLbSetting": BOTH_WAYS} and mesh.get("virtualservice") is None
    assert f"west: DestinationRule bar/{NAME}: the subset v1 has a trafficPolicy of its own" in said and "v2" not in said
    assert "undone by" not in done(mesh.failover("create", HOST))
    done(meshdnsctl(*said_to_undo_it(said)))
    assert mesh.spec("virtualservice", name="mine")["http"] == http and mesh.policy() == {"tls": TLS, "loadBalancer": {"simple": "RANDOM"}}


def test_other_hosts_routes_have_retries_of_their_own(mesh):
    split = {"hosts": ["b.bar.svc.cluster.local"], "http": [{"route": [
        {"destination": {"host": HOST, "port": {"number": 8000}}, "weight": 50}, {"destination": {"host": "b"}, "weight": 50}]}]}
    mesh.apply("west", entry(direct(), remote()), rule(), istio("VirtualService", split, "split"))
    said = done(mesh.failover("create", HOST, *ALL))
    assert f"west: VirtualService bar/split: spec.http[0].retries: {HOST} fails over, and requests that fail until then do not" in said
    assert mesh.spec("virtualservice", name="split") == split


def test_it_is_shown_as_each_cluster_has_it(mesh):
    mesh.apply("west", entry(direct(), remote()), rule())
    mesh.apply("east", node("east1", "region2", "zone1"), entry(remote("region1/zone1"), direct(locality="region2/zone1")), rule())
    done(mesh.failover("create", HOST, *ALL))
    west, east = json.loads(done(mesh.failover("show", HOST, "-o", "json", contexts=("west", "east"))))
    assert (west["cluster"], west["mode"], west["outlierDetection"], west["connectTimeout"]) == ("west", "failover", DETECTION, "500ms")
    assert west["routes"] == [{"virtualService": f"bar/{NAME}", "field": "spec.http[0]", "retries": {
        "attempts": 2, "retryOn": REPEATED["retryOn"], "perTryTimeout": "500ms", "retryRemoteLocalities": True}, "timeout": None}]
    assert (east["cluster"], east["mode"], east["outlierDetection"], east["routes"]) == ("east", "none", None, [])
    assert west["losses"] == [] and len(east["losses"]) == 1
    table = [line.split() for line in done(mesh.failover("show", contexts=("west", "east"))).splitlines()]
    assert table[0][:3] == ["CLUSTER", "HOST", "PORT"] and table[1][:3] == ["west", HOST, "8000/HTTP"] and table[3][:4] == ["east", HOST, "8000/HTTP", "none"]


SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a", "namespace": "bar"}, "spec": {"ports": [{"port": 8000}]}}
SLICE = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
         "metadata": {"name": "a-1", "namespace": "bar", "labels": {"kubernetes.io/service-name": "a"}},
         "endpoints": [{"addresses": ["10.244.7.4"], "nodeName": "west1"}], "ports": [{"port": 8000}]}


@pytest.mark.parametrize("kind", ["a ClusterIP", "a Service's name", "a pod", "a node"])
def test_where_an_endpoint_is_the_cluster_knows(mesh, kind):
    mesh.apply("west", SERVICE, SLICE, pod("a-1"))
    plane = mesh.planes["west"]
    plane.kubectl("-n", "bar", "patch", "pod", "a-1", "--subresource=status", "--type=merge", "-p",
                  json.dumps({"status": {"podIP": "10.244.7.4", "podIPs": [{"ip": "10.244.7.4"}]}}))
    plane.kubectl("patch", "node", "west1", "--subresource=status", "--type=merge", "-p",
                  json.dumps({"status": {"addresses": [{"type": "InternalIP", "address": "192.0.2.1"}]}}))
    address = {"a ClusterIP": mesh.spec("service", name="a")["clusterIP"], "a Service's name": "a.bar.svc.cluster.local",
               "a pod": "10.244.7.4", "a node": "192.0.2.1"}[kind]
    made = entry(direct(address, None), remote())
    made["spec"]["resolution"] = "DNS"
    mesh.apply("west", made, rule())
    done(mesh.failover("create", HOST))
    assert [each["locality"] for each in mesh.spec("serviceentry")["endpoints"]] == ["region1/zone1", "region2/zone1"]


# objects, arguments of create, what is named
REFUSED = {
    "no entry":             ([], (), (f"there is no ServiceEntry for {HOST}", f"meshdnsctl entry create {HOST} --from-context west bar/a --from-context CONTEXT bar/SERVICE --context west")),
    "one endpoint":         ([entry(direct())], (), ("has one endpoint, expected one for each cluster", f"meshdnsctl entry create {HOST} --from-context west bar/a --from-context")),
    "nobody knows where":   ([entry(direct(), remote(None))], (), (f"does not say where {GATEWAY} is; add --locality {GATEWAY}=REGION/ZONE",)),
    "one locality":         ([entry(direct(), remote("region1/zone1"))], (), (f"all endpoints of {HOST} are in region1/zone1",)),
    "another address":      ([entry(direct(), remote())], ("--locality", "172.25.55.51=region2"), (f"no endpoint has the address 172.25.55.51; the nearest is {GATEWAY}",)),
    "another locality":     ([entry(direct(), remote())], ("--distribute", "region1=50", "regoin2=50"),
                             (f"no endpoint of {HOST} is in regoin2; the nearest is region2; there are region1/zone1, region2/zone1",)),
    "a locality left out":  ([entry(direct(), remote())], ("--distribute", "region1=100"), ("--distribute leaves out region2/zone1",)),
    "nowhere near":         ([entry(direct(locality="region3"), remote())], (),
                             ("nodes in regions where no endpoint is (west1; nodes are in region1/zone1, endpoints in region3, region2/zone1)", "--distribute")),
    "an SNI for nobody":    ([entry(direct(), direct("10.0.0.8", "region2"))], ("--sni", "global"), ("has no endpoint that is a gateway",)),
    "two entries":          ([entry(direct(), remote()), entry(direct(), remote(), name="more")], (), ("are both for a.bar.global, expected one",)),
    "two routes":           ([entry(direct(), remote()), istio("VirtualService", {"hosts": [HOST], "http": [{"route": [{"destination": {"host": HOST}}]}]}, "r1"),
                              istio("VirtualService", {"hosts": [HOST], "http": [{"route": [{"destination": {"host": HOST}}]}]}, "r2")], (), ("VirtualService bar/r1", "VirtualService bar/r2")),
    "an old sidecar":       ([entry(direct(), remote()), pod("new"), pod("old", "docker.io/istio/proxyv2:1.4.3")], (),
                             ("Pod bar/old has a sidecar of Istio 1.4 (docker.io/istio/proxyv2:1.4.3), expected at least 1.6", "kubectl --context west -n bar delete pod old")),
    "an old native one":    ([entry(direct(), remote()), pod("old", "istio/proxyv2:1.5.10", "initContainers")], (), ("Pod bar/old has a sidecar of Istio 1.5",)),
    "another's rule":       ([entry(direct(), remote()), istio("DestinationRule", {"host": "other.bar.global"})], (), (f"DestinationRule bar/{NAME} is there for another host",)),
    "Helm's rule":          ([entry(direct(), remote()), istio("DestinationRule", {"host": HOST, "trafficPolicy": {"tls": TLS}},
                                                               labels={"app.kubernetes.io/managed-by": "Helm"}, annotations={"meta.helm.sh/release-name": "shop"})], (),
                             ("is kept by Helm (release shop)", f"change its manifest: meshdnsctl failover create {HOST} --file MANIFEST")),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_cluster_does_not_allow(mesh, case):
    objects, arguments, named = REFUSED[case]
    if objects:
        mesh.apply("west", *objects)
    before = mesh.state()
    refused(mesh.failover("create", HOST, *arguments), "west: " if case != "another address" else "", *named)
    assert mesh.state() == before


def test_a_kept_object_is_changed_where_it_is_asked_for(mesh):
    mesh.apply("west", entry(direct(), remote(), labels={"argocd.argoproj.io/instance": "shop"}), rule())
    done(mesh.failover("create", HOST, *ALL))  # the entry needs no change
    assert mesh.policy()["outlierDetection"] == DETECTION
    mesh.apply("west", istio("DestinationRule", {"host": HOST, "trafficPolicy": {"tls": TLS, "outlierDetection": DETECTION}}, labels={"argocd.argoproj.io/instance": "shop"}))
    refused(mesh.failover("delete", HOST), "is kept by Argo CD (shop)")
    done(mesh.failover("delete", HOST, "--even-if-managed"))
    assert "outlierDetection" not in mesh.policy()


def test_clients_that_do_not_know_where_they_are(mesh):
    mesh.apply("west", entry(direct(), remote()), rule(), node("bare"))
    assert f"nodes without the label {REGION} (bare)" in done(mesh.failover("create", HOST))
    mesh.planes["west"].kubectl("delete", "node", "west1")
    refused(mesh.failover("create", HOST), f"kubectl --context west label node bare {REGION}=REGION", "--distribute")
    assert "bare" not in done(mesh.failover("create", HOST, "--distribute", "region1=75", "region2=25"))


def test_pods_that_have_ended_call_nobody(mesh):
    mesh.apply("west", entry(direct(), remote()), rule(), pod("old", "docker.io/istio/proxyv2:1.4.3"))
    refused(mesh.failover("create", HOST), "Pod bar/old has a sidecar of Istio 1.4")
    mesh.planes["west"].kubectl("-n", "bar", "patch", "pod", "old", "--subresource=status", "--type=merge", "-p", '{"status": {"phase": "Succeeded"}}')
    done(mesh.failover("create", HOST))


def test_localities_where_no_node_of_the_clusters_is(mesh):
    mesh.apply("west", entry(direct(), remote("regoin2")), rule())
    mesh.apply("east", entry(direct("10.0.0.8", "region2/zone1"), remote("region1/zone1")), rule())
    before = mesh.state()
    refused(mesh.failover("create", HOST, contexts=("west", "east")), "west: ", f"no node is in regoin2, where {GATEWAY} is said to be",
            "there are region1/zone1, region2/zone1", "--locality ADDRESS=LOCALITY")
    assert mesh.state() == before
    done(mesh.failover("create", HOST))


def account(mesh, *rules):
    """The kubeconfig of somebody who may do that in the west, and no more."""
    plane, name = mesh.planes["west"], f"somebody{len(rules)}"
    role = [{"apiGroups": [group], "resources": resources, "verbs": verbs} for group, resources, verbs in rules]
    mesh.apply("west", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": "bar"}},
               {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": role},
               {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
                "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "bar"}]})
    return plane.service_account_kubeconfig("bar", name)


READ = ("", ["services", "namespaces"], ["list", "get"])
ISTIO = "networking.istio.io"


def test_who_may_not_look_is_told_what_is_not_known(mesh):
    mesh.apply("west", entry(direct(), remote()), rule(), pod("old", "docker.io/istio/proxyv2:1.4.3"))
    somebody = account(mesh, READ, (ISTIO, ["*"], ["*"]))
    said = done(meshdnsctl("failover", "create", HOST, *ALL, "--kubeconfig", somebody))
    assert "whether all sidecars are recent enough for retries.retryRemoteLocalities is not known: " in said and "where nodes are is not known: " in said
    assert mesh.policy()["outlierDetection"] == DETECTION


def test_who_may_not_write_changes_nothing(mesh):
    mesh.apply("west", entry(direct(), remote()), rule())
    before = mesh.state()
    somebody = account(mesh, READ, (ISTIO, ["*"], ["list", "get"]), (ISTIO, ["destinationrules"], ["update"]))
    ended = meshdnsctl("failover", "create", HOST, *ALL, "--kubeconfig", somebody)
    assert ended.returncode == EXIT_FAILED and "virtualservices" in ended.stderr and "nothing has changed" in ended.stderr, ended.stderr
    assert mesh.state() == before


def test_neither_has_it_where_one_cannot(mesh):
    mesh.apply("west", entry(direct(), remote()), rule())
    mesh.apply("east", entry(direct("10.0.0.8", "region2/zone1")), rule())
    before = mesh.state()
    refused(mesh.failover("create", HOST, contexts=("west", "east")), "east: ServiceEntry bar/a-bar has one endpoint", "--from-context west bar/a --from-context east bar/a")
    assert mesh.state() == before
