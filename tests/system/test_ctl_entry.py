"""meshdnsctl entry on manifests: what they become is printed, and the files stay; their entries are the ledger."""

import json

import pytest
import yaml

from support.entries import manifest, service_entry
from support.meshdnsctl import meshdnsctl

HOST = "serverservice04.bar.global"
VIP = "240.0.247.94"  # where the host's hash leads
BY_HAND = ("--port", "http1:8000/http", "--gateway", "172.25.55.50")
EXIT_DONE, EXIT_FAILED, EXIT_USAGE = 0, 1, 2
SNI = "outbound_.%d_._.serverservice04.bar.svc.cluster.local"
TUTORIAL = """# The tutorial's.
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata:
  name: servicename04-bar
spec:
  hosts:
  - serverservice04.bar.global
  location: MESH_INTERNAL
  ports:
  - name: http1
    number: 8000
    protocol: http
  resolution: DNS
  addresses:
  - 240.0.0.2   # must be unique
  endpoints:
  - address: 172.25.55.50
    ports:
      http1: 15443
"""


def on_input(text, command, *arguments):
    return meshdnsctl("entry", command, *arguments, "--file", "-", input=text)


def objects(text):
    """By kind."""
    return {each["kind"]: each for each in yaml.safe_load_all(text) if each}


def created(*arguments, text="", host=HOST):
    ended = on_input(text, "create", host, *arguments)
    assert ended.returncode == EXIT_DONE, ended.stderr
    return objects(ended.stdout)


# arguments, resolution, endpoints without labels, trafficPolicy
TLS = {"mode": "ISTIO_MUTUAL", "sni": SNI % 8000}
KINDS = {
    "a gateway":            (BY_HAND, "STATIC", [{"address": "172.25.55.50", "ports": {"http1": 15443}}], {"tls": TLS}),
    "on another port":      ((*BY_HAND[:3], "172.25.55.50:31443"), "STATIC", [{"address": "172.25.55.50", "ports": {"http1": 31443}}], {"tls": TLS}),
    "with a host name":     ((*BY_HAND[:3], "A.elb.example.org"), "DNS", [{"address": "a.elb.example.org", "ports": {"http1": 15443}}], {"tls": TLS}),
    "IPv6":                 ((*BY_HAND[:3], "[fd00::1]:443"), "STATIC", [{"address": "fd00::1", "ports": {"http1": 443}}], {"tls": TLS}),
    "global":               ((*BY_HAND, "--sni", "global"), "STATIC", [{"address": "172.25.55.50", "ports": {"http1": 15443}}],
                             {"tls": {"mode": "ISTIO_MUTUAL"}}),
    "several ports":        ((*BY_HAND, "--port", "tcp:9000/tcp"), "STATIC", [{"address": "172.25.55.50", "ports": {"http1": 15443, "tcp": 15443}}],
                             {"portLevelSettings": [{"port": {"number": 8000}, "tls": TLS},
                                                    {"port": {"number": 9000}, "tls": {**TLS, "sni": SNI % 9000}}]}),
    "reached directly":     (("--port", "http1:8000/http", "--endpoint", "10.1.2.3", "--endpoint", "10.1.2.4"), "STATIC",
                             [{"address": "10.1.2.3"}, {"address": "10.1.2.4"}], None),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written(kind):
    arguments, resolution, endpoints, policy = KINDS[kind]
    written = created(*arguments)
    spec = written["ServiceEntry"]["spec"]
    labels = [each.pop("labels", None) for each in spec["endpoints"]]
    assert (spec["resolution"], spec["endpoints"], spec["addresses"]) == (resolution, endpoints, [VIP])
    assert labels == [policy and {"security.istio.io/tlsMode": "istio"}] * len(endpoints)
    rule = written.get("DestinationRule")
    assert (rule and rule["spec"]["trafficPolicy"]) == policy
    for each in written.values():
        assert (each["metadata"]["name"], each["metadata"]["namespace"]) == ("serverservice04-bar", "bar")


# arguments, what the serving side must have
NEEDS = {
    "a gateway":         (BY_HAND, "hosts *.local, and the Service serverservice04.bar.svc.cluster.local"),
    "global":            ((*BY_HAND, "--sni", "global"), f"hosts *.global, and a ServiceEntry for {HOST}"),
    "both ways":         ((*BY_HAND, "--endpoint", "10.1.2.3"), "the endpoints without a gateway need sidecars"),
    "reached directly":  ((*BY_HAND[:2], "--endpoint", "10.1.2.3"), ""),
}


@pytest.mark.parametrize("case", NEEDS)
def test_what_the_serving_side_must_have_is_told_beside_the_manifest(case):
    arguments, named = NEEDS[case]
    said = on_input("", "create", HOST, *arguments).stderr
    assert named in said if named else said == "", said


def test_what_stands_there_stays_to_the_octet():
    before = "# mine\n---\nkind: Other # yes\n"
    assert on_input(before, "create", HOST, *BY_HAND).stdout.startswith(before)
    once = on_input(before, "create", HOST, *BY_HAND).stdout
    assert on_input(once, "create", HOST, *BY_HAND).stdout == once, "a second run changes nothing"
    assert on_input(once, "delete", HOST).stdout.strip() == before.strip()


def test_the_tutorials_entry_is_edited_and_gets_its_rule():
    ended = on_input(TUTORIAL, "create", HOST, *BY_HAND)
    assert ended.stdout.startswith(TUTORIAL + "    labels:\n      security.istio.io/tlsMode: istio\n---\n"), ended.stdout
    assert objects(ended.stdout)["DestinationRule"]["metadata"]["namespace"] == "default", "where clients look for its rule"
    assert on_input(ended.stdout, "create", HOST, *BY_HAND).stdout == ended.stdout


def test_more_files_are_read_for_their_addresses(tmp_path):
    (tmp_path / "others.yaml").write_text(manifest(service_entry("others", "others.bar.global", [VIP])))
    (tmp_path / "mine.yaml").write_text("")
    ended = meshdnsctl("entry", "create", HOST, *BY_HAND, "--file", tmp_path / "mine.yaml", "--file", tmp_path / "others.yaml")
    assert objects(ended.stdout)["ServiceEntry"]["spec"]["addresses"] == ["240.0.247.95"]
    ended = meshdnsctl("entry", "create", "others.bar.global", *BY_HAND, "--file", tmp_path / "mine.yaml", "--file", tmp_path / "others.yaml")
    assert ended.returncode == EXIT_USAGE and "others.yaml:1: this ServiceEntry is the host's, expected it in the first --file" in ended.stderr


def test_addresses():
    assert created(*BY_HAND, "--address", "240.0.0.9")["ServiceEntry"]["spec"]["addresses"] == ["240.0.0.9"]
    both = created(*BY_HAND, "--pool", "240.7.0.0/16", "--pool", "fd6b:98c1:7a1d::/112")["ServiceEntry"]["spec"]["addresses"]
    assert [address.split(".")[0].split(":")[0] for address in both] == ["240", "fd6b"]
    assert created(*BY_HAND, text=TUTORIAL)["ServiceEntry"]["spec"]["addresses"] == ["240.0.0.2"], "what it has, it keeps"


def test_a_dry_run_prints_the_difference():
    diff = on_input(TUTORIAL, "create", HOST, *BY_HAND, "--address", "240.0.0.3", "--dry-run").stdout
    changed = [line for line in diff.splitlines() if line[0] in "+-" and "240" in line]
    assert [line.split("#")[0].replace('"', "").strip() for line in changed] == ["-  - 240.0.0.2", "+  - 240.0.0.3"]


# arguments of create, what the message names
USAGE = {
    "no host":              ((), "expected a host, NAME.NAMESPACE.ZONE"),
    "one label":            (("a",), 'found "a", expected NAME.NAMESPACE.ZONE'),
    "a wildcard":           (("*.bar.global",), "a name that DNS can carry"),
    "a long label":         (("a" * 64 + ".bar.global",), "a name that DNS can carry"),
    "the cluster's own":    (("a.bar.svc.cluster.local",), "ZONE that is not a cluster's own"),
    "no port":              ((HOST, "--gateway", "1.2.3.4"), "expected --port NAME:NUMBER/PROTOCOL"),
    "no endpoint":          ((HOST, "--port", "http:80/http"), "--endpoint ADDRESS or --gateway HOST[:PORT]"),
    "a bad port":           ((HOST, "--port", "http:0/http", "--gateway", "1.2.3.4"), "NUMBER from 1 to 65535"),
    "an unknown protocol":  ((HOST, "--port", "http:80/spdy", "--gateway", "1.2.3.4"), "PROTOCOL http, https"),
    "UDP":                  ((HOST, "--port", "dns:53/udp", "--gateway", "1.2.3.4"), "PROTOCOL http, https"),
    "a port twice":         ((HOST, "--port", "a:80/http", "--port", "b:80/http", "--gateway", "1.2.3.4"), "found the port 80 twice"),
    "a port's name twice":  ((HOST, "--port", "a:80/http", "--port", "a:81/http", "--gateway", "1.2.3.4"), "found two ports named a"),
    "an endpoint's port":   ((HOST, "--port", "a:80/http", "--endpoint", "1.2.3.4:15443"), "a gateway is --gateway 1.2.3.4:15443"),
    "a bad gateway":        ((HOST, "--port", "a:80/http", "--gateway", "gateway"), "expected HOST[:PORT]"),
    "a bad pool":           ((HOST, *BY_HAND, "--pool", "240.0.0.1/16"), "--pool: "),
    "istiod's pool":        ((HOST, *BY_HAND, "--pool", "240.240.0.0/16"), "overlaps 240.240.0.0/16: istiod gives"),
    "two pools":            ((HOST, *BY_HAND, "--pool", "240.1.0.0/16", "--pool", "240.2.0.0/16"), "--pool: found two of one family"),
    "a bad address":        ((HOST, *BY_HAND, "--address", "0.0.0.0"), "expected auto or an IP address"),
    "istiod's address":     ((HOST, *BY_HAND, "--address", "240.240.0.1"), "istiod gives"),
    "loopback":             ((HOST, *BY_HAND, "--address", "127.0.0.1"), "127.0.0.1 is in 127.0.0.0/8: these are loopback addresses"),
    "a multicast pool":     ((HOST, *BY_HAND, "--pool", "ff02::/64"), "--pool: found ff02::/64, which overlaps ff00::/8"),
    "address and pool":     ((HOST, *BY_HAND, "--address", "240.0.0.1", "--pool", "240.0.0.0/16"), "--address and --pool"),
    "a bad sni":            ((HOST, *BY_HAND, "--sni", "x"), "expected service or global"),
    "sni without gateway":  ((HOST, "--port", "a:80/http", "--endpoint", "1.2.3.4", "--sni", "global"), "--sni global: "),
    "another namespace":    ((HOST, *BY_HAND, "-n", "foo"), "expected bar, which the host says"),
    "both ways":            ((HOST, *BY_HAND, "--from-context", "east", "bar/a"), "--from-context and --port"),
    "no service":           ((HOST, "--from-context", "east", "bar"), "expected CONTEXT NAMESPACE/SERVICE"),
    "file and ledger":      ((HOST, *BY_HAND, "--ledger-context", "east"), "--ledger-context and --file"),
    "an endpoint twice":    ((HOST, *BY_HAND, "--endpoint", "fd00::1", "--endpoint", "FD00:0::1"), "--endpoint: found 'FD00:0::1' twice"),
    "a full pool":          ((HOST, *BY_HAND, "--pool", "240.0.0.0/30"), "the pool 240.0.0.0/30 is exhausted: it has 2 addresses"),
    "somebody's address":   ((HOST, *BY_HAND, "--address", "240.0.0.1"), "240.0.0.1 is the address of a.bar.global (standard input:1)"),
    "a flag with a typo":   ((HOST, "--gatway", "1.2.3.4"), "--gateway"),
}


@pytest.mark.parametrize("case", USAGE)
def test_usage(case):
    arguments, named = USAGE[case]
    text = manifest(service_entry("a", "a.bar.global", ["240.0.0.1"]), service_entry("b", "b.bar.global", ["240.0.0.2"]))
    ended = on_input(text, "create", *arguments)
    assert (ended.returncode, ended.stdout) == (EXIT_USAGE, ""), ended.stderr
    assert named in ended.stderr


def test_delete_is_refused_while_a_route_leads_there():
    route = {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": {"name": "r", "namespace": "bar"},
             "spec": {"hosts": ["s"], "http": [{"route": [{"destination": {"host": HOST}}]}]}}
    ended = on_input(TUTORIAL + "---\n" + manifest(route), "delete", HOST)
    assert (ended.returncode, ended.stdout) == (EXIT_USAGE, "")
    assert f"VirtualService bar/r sends requests to {HOST} (spec.http[0].route[0])" in ended.stderr


def test_an_entry_of_several_hosts_is_left_alone():
    text = manifest(service_entry("a", [HOST, "b.bar.global"], [VIP]))
    for command in (("create", HOST, *BY_HAND), ("delete", HOST)):
        ended = on_input(text, *command)
        assert ended.returncode == EXIT_USAGE and "ServiceEntry bar/a is for 2 hosts" in ended.stderr


def test_list(tmp_path):
    (tmp_path / "a.yaml").write_text(TUTORIAL)
    listed = json.loads(meshdnsctl("entry", "list", "--file", tmp_path / "a.yaml", "-o", "json").stdout)
    assert [(each["host"], each["addresses"], each["endpoints"]) for each in listed] == [(HOST, ["240.0.0.2"], ["172.25.55.50:15443"])]
    assert on_input("", "list").stdout == "no entries\n"


@pytest.mark.parametrize("command", [("list",), ("delete", HOST), ("create", HOST, *BY_HAND)])
@pytest.mark.parametrize("flags, named", [
    (("--context", "west"), "--file and --context"), (("--file", "-"), "--file: found '-' twice"), (("--ledger-context", "west"), "--ledger-context and --file")])
def test_flags_that_say_nothing_of_files(command, flags, named):
    ended = on_input("", *command, *flags)
    assert (ended.returncode, ended.stdout) == (EXIT_USAGE, "") and named in ended.stderr, ended.stderr


@pytest.mark.parametrize("command", [(), ("create",), ("list",), ("delete",)])
def test_help_reads_like_kubectls(command):
    text = meshdnsctl("entry", *command, "--help").stdout
    assert "\nExamples:\n  # " in text and text.count("  meshdnsctl entry ") >= 2 and "\nUsage: meshdnsctl entry" in text


def test_hostile_manifests():
    for text in (TUTORIAL.replace("servicename04-bar", "\"\\u001b[31m\""), TUTORIAL.replace("DNS", "[7]"), "\x1b", "a: [", "- " * 200):
        ended = on_input(text, "create", HOST, *BY_HAND)
        assert ended.returncode in (EXIT_DONE, EXIT_USAGE) and "\x1b" not in ended.stdout + ended.stderr
