"""meshdnsctl lint on files: what is found, how it is printed, and the exit codes."""

import json
import re
import socket
from pathlib import Path

import pytest
import yaml

from support.meshdnsctl import meshdnsctl

PROJECT = Path(__file__).resolve().parents[2]
TUTORIAL = PROJECT / "tests/k8s/mesh/tutorial"
EXIT_DONE, EXIT_FAILED, EXIT_USAGE = 0, 1, 2


def istio(kind, name, **spec):
    return {"apiVersion": "networking.istio.io/v1", "kind": kind, "metadata": {"name": name, "namespace": "bar"}, "spec": spec}


def entry(**spec):
    return istio("ServiceEntry", "a", **{
        "hosts": ["a.bar.global"], "location": "MESH_INTERNAL", "resolution": "STATIC", "addresses": ["240.0.0.2"],
        "ports": [{"name": "http", "number": 8000, "protocol": "HTTP"}], "endpoints": [{"address": "192.0.2.1"}], **spec})


def route(*destinations, **spec):
    return istio("VirtualService", "r", **{"hosts": ["a.bar.global"], "http": [{"route": list(destinations)}], **spec})


def to(host, weight=None):
    return {"destination": {"host": host}, **({} if weight is None else {"weight": weight})}


def manifest(*objects):
    return yaml.safe_dump_all(objects)


def lint(*objects, arguments=()):
    return meshdnsctl("lint", "-", *arguments, input=manifest(*objects))


GOOD = (entry(), route(to("a.bar.global")))
WARNED = (entry(), route(to("a.bar.global", 0)))
WRONG = (entry(), route(to("x.bar.global")))

LOCATED = entry(endpoints=[{"address": "192.0.2.1", "locality": "region1"}, {"address": "192.0.2.2", "locality": "region2"}])
EJECTION = {"consecutiveGatewayErrors": 3, "consecutive5xxErrors": 0, "maxEjectionPercent": 100, "minHealthPercent": 1}


def rule(detection, **setting):
    return istio("DestinationRule", "d", host="a.bar.global", trafficPolicy={
        **({"outlierDetection": detection} if detection else {}), "loadBalancer": {"localityLbSetting": setting}})


def retried(**retries):
    return istio("VirtualService", "r", hosts=["a.bar.global"], http=[{"route": [to("a.bar.global")], "retries": {"attempts": 2, **retries}}])


def distribute(**shares):
    return {"distribute": [{"from": "*", "to": shares}]}


FAR = retried(retryRemoteLocalities=True)
DETECTION = "DestinationRule bar/d: spec.trafficPolicy.outlierDetection"
SETTING = "DestinationRule bar/d: spec.trafficPolicy.loadBalancer.localityLbSetting"

# objects beside the entry → what is said of them
FAILOVER = {
    "all that it takes":       ((rule(EJECTION), FAR), None),
    "by shares":               ((rule(EJECTION, **distribute(region1=75, region2=25)), FAR), None),
    "no rule":                 ((), "warning: ServiceEntry bar/a: endpoints of a.bar.global are in region1, region2, "),
    "nobody is ejected":       ((rule({}, enabled=True),), "warning: DestinationRule bar/d: spec.trafficPolicy: found localityLbSetting without "),
    "the default limit":       ((rule({**EJECTION, "maxEjectionPercent": 0}), FAR), f"warning: {DETECTION}.maxEjectionPercent: Istio's default is 10, "),
    "too low a limit":         ((rule({**EJECTION, "maxEjectionPercent": 49}), FAR), f"warning: {DETECTION}.maxEjectionPercent: found 49, expected 100"),
    "an application's errors": ((rule({**EJECTION, "consecutive5xxErrors": 5}), FAR), f"warning: {DETECTION}.consecutive5xxErrors: found 5, expected 0"),
    "nobody is left":          ((rule({**EJECTION, "minHealthPercent": 0}), FAR), f"warning: {DETECTION}.minHealthPercent: found 0, expected 1"),
    "retries that stay":       ((rule(EJECTION), retried()), "warning: VirtualService bar/r: spec.http[0].retries: a.bar.global fails over, "),
    "both":                    ((rule(EJECTION, failover=[{"from": "region1", "to": "region2"}], **distribute(region1=75, region2=25)), FAR),
                                f"error: {SETTING}: found distribute beside failover, expected one of them: Istio refuses it"),
    "shares of 99":            ((rule(EJECTION, **distribute(region1=75, region2=24)), FAR), f"error: {SETTING}.distribute[0].to: the shares sum to 99"),
    "a locality left out":     ((rule(EJECTION, **distribute(region1=100)), FAR), f"warning: {SETTING}.distribute[0].to: leaves out region2, "),
    "a region elsewhere":      ((rule(EJECTION, failover=[{"from": "region1", "to": "region3"}]), FAR),
                                f"warning: {SETTING}.failover[0].to: found region3, where no endpoint of a.bar.global is; the nearest is region1; "),
}


@pytest.mark.parametrize("case", FAILOVER)
def test_failover(case):
    objects, said = FAILOVER[case]
    lines = lint(LOCATED, *objects).stdout.splitlines()
    assert len(lines) == (1 if said is None else 2), lines
    assert said is None or f": {said}" in lines[0]


# what stands on standard input, arguments → exit code, the summary
ENDINGS = {
    "nothing wrong":           (GOOD, (), EXIT_DONE, "2 objects: 0 errors, 0 warnings"),
    "nothing wrong, strictly": (GOOD, ("--strict",), EXIT_DONE, "2 objects: 0 errors, 0 warnings"),
    "a warning":               (WARNED, (), EXIT_DONE, "2 objects: 0 errors, 1 warning"),
    "a warning, strictly":     (WARNED, ("--strict",), EXIT_FAILED, "2 objects: 0 errors, 1 warning"),
    "an error":                (WRONG, (), EXIT_FAILED, "2 objects: 1 error, 0 warnings"),
    "no object":               ((), (), EXIT_DONE, "0 objects: 0 errors, 0 warnings"),
    "kinds that do not matter": (({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}},
                                  {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "g"}}),
                                 (), EXIT_DONE, "0 objects: 0 errors, 0 warnings"),
    "DNS elsewhere":           ((entry(hosts=["*-a.bar.global"]),), ("--zone", "example"), EXIT_DONE, "1 object: 0 errors, 0 warnings"),
}

# arguments, standard input → what the message names
USAGE = {
    "a file that is not there": (("/nonexistent.yaml",), "", "cannot read /nonexistent.yaml"),
    "no YAML":                  (("-",), "a: [", "standard input:"),
    "a key twice":              (("-",), "a: 1\na: 2\n", "standard input:2:1: the key 'a'"),
    "no form":                  (("-", "-o", "xml"), "", "--output: "),
    "no zone":                  (("-", "--zone", "a..b"), "", "--zone: "),
    "no such flag":             (("--stict",), "", "--strict"),
    "a context twice":          (("-", "--context", "a", "--context", "a"), "", "twice"),
}


def test_the_tutorial():
    ended = meshdnsctl("lint", TUTORIAL)
    assert ended.returncode == EXIT_FAILED
    found = [line for line in ended.stdout.splitlines() if "[destination-unknown]" in line]
    assert len(found) == 1
    assert found[0].startswith(f"{TUTORIAL}/virtualservice.yaml:1: error: VirtualService default/reviews-route: spec.http[0].route[0]: ")
    assert "the nearest is serverservice04.bar.global" in found[0]
    assert "serviceserver01" not in ended.stdout, "files do not know what a cluster's Services are"
    assert "[mtls-missing]" in ended.stdout


def test_the_tutorial_corrected(tmp_path):
    for file in TUTORIAL.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text().replace("serviceserver04", "serverservice04"))
    (tmp_path / "rule.yaml").write_text(manifest(istio(
        "DestinationRule", "s", host="serverservice04.bar.global",
        trafficPolicy={"tls": {"mode": "ISTIO_MUTUAL", "sni": "outbound_.8000_._.serverservice04.bar.svc.cluster.local"}})))
    ended = meshdnsctl("lint", tmp_path, "-n", "bar")
    assert (ended.returncode, ended.stdout.splitlines()[-1]) == (EXIT_DONE, "3 objects: 0 errors, 1 warning"), ended.stdout
    assert "[weights-no-failover]" in ended.stdout


@pytest.mark.parametrize("case", ENDINGS)
def test_exit_code_and_summary(case):
    objects, arguments, code, summary = ENDINGS[case]
    ended = lint(*objects, arguments=arguments)
    assert (ended.returncode, ended.stdout.splitlines()[-1:], ended.stderr) == (code, [summary], ""), ended.stdout


@pytest.mark.parametrize("case", USAGE)
def test_usage(case):
    arguments, text, named = USAGE[case]
    ended = meshdnsctl("lint", *arguments, input=text)
    assert (ended.returncode, ended.stdout) == (EXIT_USAGE, ""), ended.stderr
    assert named in ended.stderr


@pytest.mark.parametrize("form, load", [("json", json.loads), ("yaml", yaml.safe_load)])
def test_for_programs(form, load):
    ended = lint(*WRONG, arguments=("-o", form))
    assert ended.returncode == EXIT_FAILED
    found = load(ended.stdout)
    assert (found["objects"], found["errors"], found["warnings"]) == (2, 1, 0)
    second = manifest(*WRONG).splitlines().index("---") + 1
    finding, = found["findings"]
    assert finding.pop("message").startswith("no ServiceEntry or Service declares x.bar.global")
    assert finding == {"rule": "destination-unknown", "severity": "error", "place": f"standard input:{second}", "kind": "VirtualService",
                       "namespace": "bar", "name": "r", "field": "spec.http[0].route[0]"}


def test_a_directory_is_its_manifests(tmp_path):
    (tmp_path / "b.yml").write_text(manifest(entry()))
    (tmp_path / "a.json").write_text(json.dumps(route(to("x.bar.global"))))
    (tmp_path / "notes.txt").write_text("a: [")
    (tmp_path / ".hidden.yaml").write_text("a: [")
    (tmp_path / "below.yaml").mkdir()
    ended = meshdnsctl("lint", tmp_path)
    assert ended.stdout.startswith(f"{tmp_path}/a.json:1: error: ")
    assert ended.stdout.endswith("2 objects: 1 error, 0 warnings\n")


def test_a_directory_without_manifests(tmp_path):
    ended = meshdnsctl("lint", tmp_path)
    assert ended.returncode == EXIT_USAGE
    assert "found no manifest" in ended.stderr


def test_nothing_that_a_terminal_would_obey():
    ended = lint(route(to("\x1b[31mx\u202e.bar.global")), entry(ports=[{"name": "\x1b]0;x\x07", "number": 0}]))
    assert ended.returncode == EXIT_FAILED
    assert all(c == "\n" or c.isprintable() for c in ended.stdout)


def gateway(address, port):
    """An entry whose gateway's port is reached: 15443 is fixed, so that the address is the test's own."""
    return entry(endpoints=[{"address": address, "ports": {"http": port}, "labels": {"security.istio.io/tlsMode": "istio"}}])


def test_gateways_are_tried_where_that_is_asked_for():
    with socket.socket() as listener:
        listener.bind(("127.77.0.1", 15443))  # no other test has that address
        listener.listen()
        listener.settimeout(5)
        assert lint(gateway("127.77.0.1", 15443), arguments=("--probe",)).returncode == EXIT_DONE
        listener.accept()
    assert lint(gateway("127.77.0.1", 15443)).returncode == EXIT_DONE
    ended = lint(gateway("127.77.0.1", 15443), arguments=("--probe",))
    assert ended.returncode == EXIT_FAILED
    assert "127.77.0.1 port 15443 cannot be reached from here: Connection refused [gateway-unreachable]" in ended.stdout


def test_every_rule_is_documented_as_it_is():
    rules = dict(re.findall(r'Rule\{"([a-z0-9-]+)", k(Error|Warning),', (PROJECT / "k8s/mesh/lint.cc").read_text()))
    documented = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (error|warning) \|", (PROJECT / "docs/lint.md").read_text(), re.MULTILINE))
    assert documented == {rule: severity.lower() for rule, severity in rules.items()}
