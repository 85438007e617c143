"""meshdnsctl entry create where several clusters serve a host: each client reaches its own servers directly, and others' through gateways."""

import pytest
import yaml

from cluster.contexts import write_contexts
from cluster.entry_mesh import (  # mesh and two_clusters: fixtures
    BOTH, EXIT_USAGE, FROM_EAST, HOST, NAME, SERVED, VIP, done, gateway, mesh, refused, service, two_clusters)
from support.meshdnsctl import meshdnsctl

EAST, WEST = "172.25.55.50", "172.25.55.60"  # the gateways
FROM_WEST = ("--from-context", "west", "bar/serverservice01")
LABELS = {"security.istio.io/tlsMode": "istio"}
UNLIKE = [
    service("serverservice04", "bar", {"name": "web", "port": 8000, "appProtocol": "http"}, {"name": "tcp", "port": 9000}),
    service("other-port", "bar", {**SERVED, "port": 8001}),
    service("other-protocol", "bar", {**SERVED, "appProtocol": "grpc"}),
]


def slice_of(name, port, *pods):
    return {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {"name": f"{name}-1", "namespace": "bar", "labels": {"kubernetes.io/service-name": name}},
            "endpoints": [{"addresses": ["10.245.0.7"], "nodeName": "w1", "targetRef": {"kind": "Pod", "namespace": "bar", "name": pod}} for pod in pods],
            "ports": [{"name": SERVED["name"], "port": port}]}


def pod(name, containers=("main",), init=(), **labels):
    def made(names):
        return [{"name": each, "image": "none.invalid"} for each in names]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "bar", "labels": labels},
            "spec": {"containers": made(containers), "initContainers": made(init)}}


@pytest.fixture(scope="module", autouse=True)
def west_serves_too(two_clusters):
    headless = [service(f"headless-{port}", "bar", SERVED, clusterIP="None") for port in (8000, 80)]
    two_clusters.apply(
        "west", gateway(), *UNLIKE, *headless, slice_of("headless-8000", 8000, "gone"), slice_of("headless-80", 80, "gone"),
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "w1", "labels": {"topology.kubernetes.io/region": "region1"}}},
        service("serverservice01", "bar", SERVED), slice_of("serverservice01", 8000, "server"), pod("server", ("main", "istio-proxy")),
        service("istio-eastwestgateway", "istio-system", {"name": "tls", "port": 15443}, externalIPs=[WEST], selector={"istio": "eastwestgateway"}))
    yield


def endpoint(address, locality, **more):
    return {"address": address, "locality": locality, "labels": LABELS, **more}


def addresses(mesh, cluster):
    return [each["address"] for each in mesh.spec(cluster, "serviceentry")["endpoints"]]


def own(mesh, cluster, name):
    return mesh.spec(cluster, "service", name)["clusterIP"]


def sni(name):
    return {"tls": {"mode": "ISTIO_MUTUAL", "sni": f"outbound_.8000_._.{name}.bar.svc.cluster.local"}}


def test_each_client_has_its_own_servers_directly(mesh):
    create = ("create", HOST, *FROM_EAST, *FROM_WEST, *BOTH)
    said = done(mesh.entry(*create))
    ports = {"ports": {"http1": 15443}}
    assert mesh.spec("west", "serviceentry")["endpoints"] == [
        endpoint(EAST, "region2/zone1", **ports), endpoint(own(mesh, "west", "serverservice01"), "region1")]
    assert mesh.spec("east", "serviceentry")["endpoints"] == [
        endpoint(own(mesh, "east", "serverservice04"), "region2/zone1"), endpoint(WEST, "region1", **ports)]
    assert mesh.spec("west", "destinationrule")["trafficPolicy"] == sni("serverservice04")
    assert mesh.spec("east", "destinationrule")["trafficPolicy"] == sni("serverservice01")
    assert {mesh.spec(cluster, "serviceentry")["addresses"][0] for cluster in ("west", "east")} == {VIP}
    assert mesh.spec("west", "serviceentry")["resolution"] == "STATIC" and said.count("is left out") == 1
    assert done(mesh.entry(*create)).startswith(f"{HOST} has {VIP} already\n")


def test_one_that_does_not_serve_has_gateways_alone(mesh):
    done(mesh.entry("create", HOST, *FROM_EAST, "--from-context", "west", "bar/serverservice04", "--context", "west"))
    assert addresses(mesh, "west") == [EAST, own(mesh, "west", "serverservice04")]
    done(mesh.entry("create", HOST, *FROM_EAST, "--context", "west"))
    assert addresses(mesh, "west") == [EAST], "west serves no more"


@pytest.mark.parametrize("port, ports", [(8000, {}), (80, {"ports": {"http1": 80}})])
def test_a_headless_service_by_its_name(mesh, port, ports):
    """Nobody translates its port for its own cluster's clients; a gateway does."""
    done(mesh.entry("create", HOST, *FROM_EAST, "--from-context", "west", f"bar/headless-{port}", *BOTH))
    assert addresses(mesh, "east")[1] == WEST
    assert mesh.spec("west", "serviceentry")["endpoints"][1] == endpoint(f"headless-{port}.bar.svc.cluster.local", "region1", **ports)
    assert mesh.spec("west", "serviceentry")["resolution"] == "DNS"


def test_a_gateway_by_hand_is_one_clusters(mesh):
    done(mesh.entry("create", HOST, *FROM_EAST, *FROM_WEST, "--gateway", "east=east.example.org", "--gateway", "west=192.0.2.1:443", *BOTH))
    assert addresses(mesh, "west")[0] == "east.example.org" and addresses(mesh, "east")[1] == "192.0.2.1"


# --from-context of west, what is named
REFUSED = {
    "another port":      ("bar/other-port", "west: Service bar/other-port has the ports 8001/HTTP, expected 8000/HTTP as Service bar/serverservice04 has it"),
    "another protocol":  ("bar/other-protocol", "has the port 8000/GRPC, expected 8000/HTTP as Service bar/serverservice04 has it"),
    "no sidecar":        ("bar/bare", "west: no pod of Service bar/bare has a sidecar (2 without)", "kubectl --context west label namespace bar istio-injection=enabled"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_services_that_are_not_one(mesh, case):
    of_west, *named = REFUSED[case]
    mesh.apply("west", service("bare", "bar", SERVED), slice_of("bare", 8000, "bare-1", "bare-2"), pod("bare-1"), pod("bare-2", app="x"))
    refused(mesh.entry("create", HOST, *FROM_EAST, "--from-context", "west", of_west, "--context", "west"), *named)
    assert mesh.there() == set() and mesh.ledger() == {}


@pytest.mark.parametrize("sidecar", [
    pod("second", ("main", "istio-proxy")), pod("second", init=("istio-proxy",)), pod("second", **LABELS)], ids=["a container", "native", "a label"])
def test_one_pod_with_a_sidecar_is_enough(mesh, sidecar):
    mesh.apply("west", service("mixed", "bar", SERVED), slice_of("mixed", 8000, "first", "second"), pod("first"), sidecar)
    done(mesh.entry("create", HOST, "--from-context", "west", "bar/mixed", "--context", "west"))
    assert addresses(mesh, "west") == [own(mesh, "west", "mixed")] and mesh.spec("west", "destinationrule")["trafficPolicy"] == sni("mixed")
    mesh.planes["west"].kubectl("-n", "bar", "delete", "pod", "second", "--grace-period=0", "--force")


def test_global_sni_is_not_for_who_serves(mesh):
    mesh.apply("east", gateway(hosts=["*.local", "*.global"]))
    refused(mesh.entry("create", HOST, *FROM_EAST, *FROM_WEST, "--context", "west", "--sni", "global"),
            f"west: the cluster serves {HOST} itself", "--sni service")


def test_one_cluster_by_two_contexts(mesh):
    config = yaml.safe_load(mesh.kubeconfig.read_text())
    config["contexts"].append({"name": "also-east", "context": {"cluster": "east", "user": "east"}})
    both = mesh.directory / "also"
    both.write_text(yaml.safe_dump(config))
    ended = mesh.entry("create", HOST, *FROM_EAST, "--from-context", "also-east", "bar/serverservice04", kubeconfig=both)
    assert ended.returncode == EXIT_USAGE and "--from-context: east and also-east are one cluster (https://" in ended.stderr


# ---- files

def written(ended):
    return {each["kind"]: each["spec"] for each in yaml.safe_load_all(done(ended))}


def in_file(mesh, *arguments):
    (mesh.directory / "mesh.yaml").write_text("")
    return mesh.entry("create", HOST, *arguments, "--file", mesh.directory / "mesh.yaml")


def test_manifests_of_a_cluster_have_what_is_written_there(mesh):
    done(mesh.entry("create", HOST, *FROM_EAST, *FROM_WEST, *BOTH))
    for cluster in ("west", "east"):
        objects = written(in_file(mesh, *FROM_EAST, *FROM_WEST, "--context", cluster))
        assert objects == {"ServiceEntry": mesh.spec(cluster, "serviceentry"), "DestinationRule": mesh.spec(cluster, "destinationrule")}


def test_manifests_of_no_cluster_that_serves_it(mesh):
    same = ("--from-context", "west", "bar/serverservice04")
    assert [each["address"] for each in written(in_file(mesh, *FROM_EAST, *same))["ServiceEntry"]["endpoints"]] == [EAST, WEST]
    refused(in_file(mesh, *FROM_EAST, *FROM_WEST), "bar/serverservice04 (east) and bar/serverservice01 (west) are both behind gateways", "--sni global")


def test_who_may_not_see_pods_is_told_so(mesh):
    plane = mesh.planes["west"]
    kubectl = plane.kubectl
    kubectl("-n", "bar", "create", "serviceaccount", "no-pods")
    kubectl("create", "clusterrole", "no-pods", "--verb=get,list", "--resource=services,endpointslices.discovery.k8s.io,gateways.networking.istio.io")
    kubectl("create", "clusterrolebinding", "no-pods", "--clusterrole=no-pods", "--serviceaccount=bar:no-pods")
    token = kubectl("-n", "bar", "create", "token", "no-pods").strip()
    kubeconfig = write_contexts(mesh.directory / "no-pods", {"west": plane}, tokens={"west": token})
    ended = meshdnsctl("entry", "create", HOST, *FROM_WEST, "--file", "-", "--kubeconfig", kubeconfig, input="")
    assert [each["address"] for each in written(ended)["ServiceEntry"]["endpoints"]] == [WEST]
    for unknown in ("whether mTLS ends in a sidecar is not known", "localities and node addresses are not known"):
        assert f"{unknown}: west: the API server answers 403" in ended.stderr


def test_what_argo_keeps_is_to_be_changed_in_its_manifest(mesh):
    """By the command that is named, for that client."""
    done(mesh.entry("create", HOST, *FROM_WEST, *BOTH))
    for cluster in ("west", "east"):
        mesh.planes[cluster].kubectl("-n", "bar", "annotate", "serviceentry", NAME, f"argocd.argoproj.io/tracking-id=mesh:x:bar/{NAME}")
    flags = (*FROM_EAST, *FROM_WEST, "--gateway", f"west={WEST}")
    for cluster, other, gateways in (("west", "east", ""), ("east", "west", f" --gateway west={WEST}:15443")):
        ended = mesh.entry("create", HOST, *flags, "--context", cluster, "--context", other)
        refused(ended, f"{cluster}: ServiceEntry bar/{NAME} is kept by Argo CD", f"meshdnsctl entry create {HOST} "
                f"--from-context east bar/serverservice04 --from-context west bar/serverservice01{gateways} --context {cluster} "
                f"--kubeconfig {mesh.kubeconfig} --address {VIP} --file MANIFEST")


# the flags, what is named
USAGE = {
    "a context twice":       ((*FROM_EAST, *FROM_EAST), "--from-context: found 'east' twice"),
    "whose gateway":         ((*FROM_EAST, *FROM_WEST, "--gateway", "192.0.2.1"), "expected CONTEXT=HOST[:PORT], CONTEXT one of 'east', 'west'"),
    "a gateway twice":       ((*FROM_EAST, "--gateway", "192.0.2.1", "--gateway", "east=192.0.2.1:15443"), "--gateway: found 'east=192.0.2.1:15443' twice"),
    "nobody's gateway":      ((*FROM_EAST, "--gateway", "192.0.2.1", "--context", "east"), "--gateway: the clients are all in east"),
    "files of two":          ((*FROM_EAST, *BOTH, "--file", "-"), "--context: expected one with --file"),
}


@pytest.mark.parametrize("case", USAGE)
def test_usage(mesh, case):
    flags, named = USAGE[case]
    ended = mesh.entry("create", HOST, *flags)
    assert (ended.returncode, ended.stdout) == (EXIT_USAGE, "") and named in ended.stderr, ended.stderr

