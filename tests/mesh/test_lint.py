"""meshdnsctl lint against Istio: what it says is refused, Istio refuses; a mesh that works has no error, and one that does not has."""

import json
import subprocess

import pytest
import yaml

from mesh import istiod, manifests, objects
from mesh.commands import EXIT_DONE, EXIT_FAILED, MODES, create_entry_in_both, create_failover, delete_entry, undo
from mesh.objects import istio
from mesh.traffic import Traffic, send
from mesh.two_clusters import CLUSTER_IP, EAST, HOST, LOCAL, REMOTE, URL, WEST
from support.meshdnsctl import meshdnsctl
from support.process import eventually


def entry(**spec):
    spec = {"hosts": ["e.example"], "location": "MESH_INTERNAL", "resolution": "STATIC", "addresses": ["240.0.0.3"],
            "ports": [{"name": "http", "number": 80, "protocol": "HTTP"}], "endpoints": [{"address": "192.0.2.1"}], **spec}
    return istio("ServiceEntry", "e", "bar", {key: value for key, value in spec.items() if value is not None})


def route(*weights, kind="http"):
    to = [{"destination": {"host": "e.example"}, **({} if weight is None else {"weight": weight})} for weight in weights]
    return istio("VirtualService", "r", "bar", {"hosts": ["e.example"], kind: [{"route": to}]})


def ports(*pairs):
    return [{"name": name, "number": number, "protocol": "TCP"} for name, number in pairs]


def rule(**setting):
    policy = {"outlierDetection": {"consecutiveGatewayErrors": 3}, "loadBalancer": {"localityLbSetting": setting}}
    return istio("DestinationRule", "d", "bar", {"host": "e.example", "trafficPolicy": policy})


def shares(to, origin="*"):
    return {"from": origin, "to": to}


HALVES = {"r1": 50, "r2": 50}

# what lint says is refused, and as which rule's error
REFUSED = {
    "no host":                     (entry(hosts=[]), "host-invalid"),
    "an underscore":               (entry(hosts=["a_b.example"]), "host-invalid"),
    "no address":                  (entry(addresses=["x"]), "address-invalid"),
    "a block with DNS":            (entry(addresses=["192.0.2.0/24"], resolution="DNS"), "address-invalid"),
    "a port's number twice":       (entry(ports=ports(("a", 1), ("b", 1))), "port-twice"),
    "a port's name twice":         (entry(ports=ports(("a", 1), ("a", 2))), "port-twice"),
    "a port of no entry":          (entry(endpoints=[{"address": "192.0.2.1", "ports": {"htpt": 2}}]), "endpoint-port-unknown"),
    "a name with STATIC":          (entry(endpoints=[{"address": "a.example"}]), "endpoint-not-ip"),
    "endpoints with NONE":         (entry(resolution="NONE"), "endpoints-refused"),
    "endpoints beside a selector": (entry(workloadSelector={"labels": {"a": "b"}}), "endpoints-refused"),
    "weights of 0":                (route(0, 0), "weights-sum-zero"),
    "no weights":                  (route(None, None), "weights-sum-zero"),
    "tcp weights of 0":            (route(0, 0, kind="tcp"), "weights-sum-zero"),
    "a negative weight":           (route(-1, 101), "weight-negative"),
    "distribute beside failover":  (rule(distribute=[shares(HALVES)], failover=[{"from": "r1", "to": "r2"}]), "locality-refused"),
    "a share of 0":                (rule(distribute=[shares({"r1": 100, "r2": 0})]), "locality-refused"),
    "shares of 99":                (rule(distribute=[shares({"r1": 50, "r2": 49})]), "locality-refused"),
    "a region beside its zone":    (rule(distribute=[shares({"r1": 50, "r1/z1": 50})]), "locality-refused"),
    "clients in two":              (rule(distribute=[shares(HALVES), shares(HALVES, "r1")]), "locality-refused"),
    "clients in a zone, a region": (rule(distribute=[shares(HALVES, "r1/z1"), shares(HALVES, "r1")]), "locality-refused"),
    "a * in the middle":           (rule(distribute=[shares(HALVES, "*/z1")]), "locality-refused"),
    "an empty zone":               (rule(distribute=[shares(HALVES, "r1//s1")]), "locality-refused"),
    "failover to where it is":     (rule(failover=[{"from": "r1", "to": "r1"}]), "locality-refused"),
    "failover of a zone":          (rule(failover=[{"from": "r1/z1", "to": "r2"}]), "locality-refused"),
    "failover of all":             (rule(failover=[{"from": "*", "to": "r2"}]), "locality-refused"),
    "failover beside priorities":  (rule(failover=[{"from": "r1", "to": "r2"}], failoverPriority=["topology.kubernetes.io/region"]),
                                    "locality-refused"),
}

# what both take, though it may be a warning of lint's
TAKEN = {
    "an entry":             entry(),
    "a block with STATIC":  entry(addresses=["192.0.2.0/24"]),
    "no endpoints":         entry(endpoints=None),
    "a name with DNS":      entry(endpoints=[{"address": "a.example"}], resolution="DNS"),
    "no ports":             entry(ports=None),
    "weights of 100":       route(50, 50),
    "weights of 99":        route(50, 49),
    "a single weight of 0": route(0),
    "distribute":           rule(distribute=[shares(HALVES)]),
    "a zone and another":   rule(distribute=[shares({"r1/z1": 50, "r1/z2": 50})]),
    "a zone, the rest":     rule(distribute=[shares(HALVES, "r1/z1"), shares(HALVES, "r1/*"), shares(HALVES)]),
    "failover":             rule(failover=[{"from": "r1", "to": "r2"}, {"from": "r2", "to": "r1"}]),
    "other priorities":     rule(failover=[{"from": "r1", "to": "r2"}], failoverPriority=["topology.istio.io/network"]),
}


def istio_takes(manifest, directory):
    file = directory / "manifest.yaml"
    file.write_text(yaml.safe_dump(manifest))
    return subprocess.run([istiod.tools_directory() / "istioctl", "validate", "-f", file], capture_output=True, timeout=60).returncode == 0


def errors(manifest):
    """Of an object among others that it needs."""
    others = [entry()] if manifest["kind"] == "VirtualService" else []
    ended = meshdnsctl("lint", "-", "-o", "json", input=yaml.safe_dump_all([manifest, *others]))
    return [found["rule"] for found in json.loads(ended.stdout)["findings"] if found["severity"] == "error"]


@pytest.mark.parametrize("case", REFUSED)
def test_what_istio_refuses(case, tmp_path):
    manifest, rule = REFUSED[case]
    assert errors(manifest) == [rule]
    assert not istio_takes(manifest, tmp_path)


@pytest.mark.parametrize("case", TAKEN)
def test_what_istio_takes(case, tmp_path):
    assert errors(TAKEN[case]) == []
    assert istio_takes(TAKEN[case], tmp_path)


def warnings(mesh, *arguments, **options):
    """Rule, name and field of those about failover."""
    ended = mesh.ctl("lint", *arguments, "--context", WEST, "--context", EAST, "-o", "json", **options)
    return [(each["rule"], each["name"], each["field"]) for each in json.loads(ended.stdout)["findings"]
            if each["rule"].startswith(("outlier", "ejection", "retries", "locality"))]


@pytest.fixture
def failing_over(mesh):
    """The address of a host that both clusters serve."""
    yield create_entry_in_both(mesh)
    delete_entry(mesh)


def of_the_host(mesh, kind):
    found = json.loads(mesh.west.plane.kubectl("get", kind, "-n", "bar", "-o", "json"))["items"]
    return next(each for each in found if HOST in (each["spec"].get("host"), *each["spec"].get("hosts", [])))


@pytest.mark.parametrize("mode", MODES)
def test_a_host_that_fails_over_and_one_that_does_not(mesh, failing_over, mode):
    assert warnings(mesh) == [("outlier-detection-missing", "serverservice04-bar", "")]
    said = create_failover(mesh, *MODES[mode])
    assert warnings(mesh) == []
    entry = of_the_host(mesh, "serviceentry")
    entry["spec"]["endpoints"][0]["locality"] = "waste/west-a"
    assert ("locality-unknown", "serverservice04-bar", "spec.endpoints[0].locality") in warnings(mesh, "-", input=json.dumps(entry))
    undo(said)


def eject_at_most(mesh, percent):
    """Instead of what the host's rule says; the client's proxy knows when it returns."""
    rule = of_the_host(mesh, "destinationrule")
    for settings in [rule["spec"]["trafficPolicy"], *rule["spec"]["trafficPolicy"].get("portLevelSettings", [])]:
        if "outlierDetection" in settings:
            settings["outlierDetection"]["maxEjectionPercent"] = percent
    objects.replace(mesh.west.plane, [rule])
    eventually(lambda: {each["outlier_detection"]["max_ejection_percent"] for each in mesh.sleep.clusters(HOST)} == {percent}, timeout=30, every=0.05)


@pytest.mark.parametrize("percent, warned", [(49, [("ejection-limit", "spec.trafficPolicy.outlierDetection.maxEjectionPercent")]), (50, [])])
def test_the_limit_that_ejects_nobody(mesh, failing_over, percent, warned):
    """Of two ends, Envoy ejects one with 50, and none with 49."""
    said = create_failover(mesh)
    eject_at_most(mesh, percent)
    assert [(rule, field) for rule, _, field in warnings(mesh)] == warned
    server, ends = mesh.server(LOCAL[0]), mesh.ends()
    with Traffic(mesh.sleep.pod, f"http://{failing_over}:8000/headers", rate=100):
        server.kill_server()
        if warned:
            ends.await_requests(CLUSTER_IP, more=50)
            assert not ends[CLUSTER_IP].ejected
        else:
            ends.await_ejected(CLUSTER_IP)
    server.heal_server()
    undo(said)


def lint(mesh):
    ended = mesh.ctl("lint", "--context", WEST, "--context", EAST, "-o", "json")
    found = [each for each in json.loads(ended.stdout)["findings"] if each["severity"] == "error"]
    assert ended.returncode == (EXIT_FAILED if found else EXIT_DONE)
    return [(each["rule"], each["kind"], each["name"]) for each in found]


def test_a_mesh_that_works_and_one_that_does_not(mesh):
    mesh.west.apply(manifests.rule(), manifests.entry(), manifests.route(50, 25, 25))
    mesh.await_weights(50, 25, 25)
    assert lint(mesh) == []
    assert send(mesh.sleep.pod, URL, count=100).answers[REMOTE] > 0
    mesh.west.remove(manifests.rule())
    assert lint(mesh) == [("mtls-missing", "ServiceEntry", "serverservice04-bar")]
    eventually(lambda: REMOTE not in send(mesh.sleep.pod, URL, count=20).answers, timeout=30)  # its proxy has heard of it
    tally = send(mesh.sleep.pod, URL, count=100)
    assert tally.failures.keys() == {"status 503"} and REMOTE not in tally.answers, tally
