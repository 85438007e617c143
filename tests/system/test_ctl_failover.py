"""meshdnsctl failover on manifests: what they become is printed, and the files stay."""

import pytest
import yaml

from support.meshdnsctl import meshdnsctl

HOST = "serverservice04.bar.global"
ALL = ("--repeatable", "--per-try-timeout", "0.5s", "--connect-timeout", "500ms")
EXIT_DONE, EXIT_FAILED, EXIT_USAGE = 0, 1, 2
REMOTE = "172.25.55.50"
ENTRY = """# The tutorial's, with both clusters.
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: {name: servicename04-bar, namespace: bar}
spec:
  hosts:
  - serverservice04.bar.global
  location: MESH_INTERNAL
  ports:
  - name: http1
    number: 8000
    protocol: http
  resolution: STATIC
  addresses:
  - 240.0.0.2   # must be unique
  endpoints:
  - address: 10.96.0.7   # our own
    locality: region1/zone1
  - address: 172.25.55.50
    ports:
      http1: 15443
    locality: region2/zone1
"""
ENTRY_NAME = "ServiceEntry bar/servicename04-bar"
RULE = """---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: mine, namespace: bar}
spec:
  host: serverservice04.bar.global
  trafficPolicy: # as entry create has it
    tls: {mode: ISTIO_MUTUAL, sni: outbound_.8000_._.serverservice04.bar.svc.cluster.local}
    loadBalancer:
      simple: RANDOM # ours
"""
ROUTE = """---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: mine, namespace: bar}
spec:
  hosts: [serverservice04.bar.global]
  http:
  - match: # the slow ones
    - uri: {prefix: /slow}
    route:
    - destination: {host: serverservice04.bar.global}
    timeout: 9s
  - route:
    - destination: {host: serverservice04.bar.global}
"""


def on_input(text, command, *arguments, host=HOST):
    return meshdnsctl("failover", command, host, *arguments, "--file", "-", input=text)


def done(ended):
    assert ended.returncode == EXIT_DONE, ended.stderr
    return ended.stdout


def wrong(ended, *named):
    assert (ended.returncode, ended.stdout) == (EXIT_USAGE, ""), ended.stdout + ended.stderr
    for each in named:
        assert each in ended.stderr, ended.stderr


def objects(text):
    """By kind."""
    return {each["kind"]: each for each in yaml.safe_load_all(text) if each}


def test_three_objects_of_one():
    ended = on_input(ENTRY, "create", *ALL)
    assert done(ended).startswith(ENTRY + "---\n")
    assert ended.stderr == f"note: {ENTRY_NAME}, port 8000: the rule's mTLS, which the gateways need, is for 10.96.0.7, too: the servers there need sidecars\n"
    assert set(objects(ended.stdout)) == {"ServiceEntry", "DestinationRule", "VirtualService"}
    for kind in ("DestinationRule", "VirtualService"):
        metadata = objects(ended.stdout)[kind]["metadata"]
        assert metadata == {"name": "serverservice04-bar", "namespace": "bar", "labels": {"app.kubernetes.io/managed-by": "meshdnsctl"}}
    assert done(on_input(ended.stdout, "create", *ALL)) == ended.stdout, "a second run changes nothing"


@pytest.mark.parametrize("arguments", [(), ALL, ("--distribute", "region1=75", "region2/zone1=25", *ALL)], ids=["least", "all", "shares"])
def test_what_stands_there_stays_to_the_octet(arguments):
    before = ENTRY + RULE + ROUTE
    made = done(on_input(before, "create", *arguments))
    lines = iter(made.splitlines())
    assert all(line in lines for line in before.splitlines()), "every line is there, in order"
    assert done(on_input(made, "delete")) == before
    there_and_back = done(on_input(done(on_input(made, "create", "--distribute", "region1=50", "region2=50")), "create", *arguments))
    assert objects(there_and_back) == objects(made) or not arguments


def test_what_is_lost_is_said_beside_the_manifest():
    said = on_input(ENTRY, "create").stderr
    for flag in ("--repeatable", "--per-try-timeout", "--connect-timeout"):
        assert flag in said, said
    assert "open TCP and TLS connections break" in on_input(ENTRY.replace("protocol: http", "protocol: TCP"), "create").stderr


def test_a_route_that_sends_elsewhere_stays_and_is_named():
    elsewhere = ROUTE.replace("destination: {host: serverservice04", "destination: {host: other")
    ended = on_input(ENTRY + elsewhere, "create", *ALL)
    assert elsewhere in done(ended) and "VirtualService bar/mine sends no request for serverservice04.bar.global to the host itself" in ended.stderr


def test_a_dry_run_prints_the_difference():
    diff = done(on_input(ENTRY, "create", "--dry-run"))
    assert diff.startswith("--- standard input (now)\n+++ standard input (then)\n") and "+        retryRemoteLocalities: true" in diff


def test_more_files_are_read_alone(tmp_path):
    (tmp_path / "mine.yaml").write_text(ENTRY)
    (tmp_path / "theirs.yaml").write_text(RULE)
    files = ("--file", tmp_path / "mine.yaml", "--file", tmp_path / "theirs.yaml")
    wrong(meshdnsctl("failover", "create", HOST, *files), "theirs.yaml:1: this DestinationRule is the host's, expected it in the first --file")


# arguments of create, what is named
USAGE = {
    "no host":                 ([""], "expected a host, NAME.NAMESPACE.ZONE"),
    "no such host":            (["a.bar.global"], "meshdnsctl entry create a.bar.global --from-context CONTEXT bar/SERVICE --from-context CONTEXT bar/SERVICE"),
    "a share of 0":            ([HOST, "--distribute", "region1=0", "region2=100"], "found the share \"0\" for region1, expected a number from 1 to 100"),
    "no share":                ([HOST, "--distribute", "region1"], "expected LOCALITY=SHARE"),
    "shares of 90":            ([HOST, "--distribute", "region1=50", "region2=40"], "the shares sum to 90, expected 100"),
    "everywhere":              ([HOST, "--distribute", "*=100"], "found \"*\", expected REGION"),
    "a locality twice":        ([HOST, "--distribute", "region1=50", "region1=50"], "found region1 twice"),
    "one within the other":    ([HOST, "--distribute", "region1=50", "region1/zone1=50"], "beside region1, which it is in"),
    "a locality left out":     ([HOST, "--distribute", "region1=100"], "--distribute leaves out region2/zone1"),
    "an unknown locality":     ([HOST, "--distribute", "region1=50", "region3=50"], "no endpoint of serverservice04.bar.global is in region3; the nearest is region1; there are"),
    "another address":         ([HOST, "--locality", "172.25.55.5=region2"], "no endpoint has the address 172.25.55.5; the nearest is 172.25.55.50"),
    "an address twice":        ([HOST, "--locality", "10.96.0.7=r1", "10.96.0.7=r2"], "found 10.96.0.7 twice"),
    "no locality":             ([HOST, "--locality", "10.96.0.7"], "expected ADDRESS=LOCALITY"),
    "the same locality":       ([HOST, "--locality", f"{REMOTE}=region1/zone1"], "all endpoints of serverservice04.bar.global are in region1/zone1"),
    "a timeout that repeats":  ([HOST, "--per-try-timeout", "1s"], "--per-try-timeout: expected --repeatable with it"),
    "a bare number":           ([HOST, "--connect-timeout", "500"], "--connect-timeout: found \"500\", expected a time from 1ms to 1h"),
    "no time":                 ([HOST, "--repeatable", "--per-try-timeout", "0s"], "--per-try-timeout: found \"0s\""),
    "another SNI":             ([HOST, "--sni", "none"], "--sni: found \"none\", expected service or global"),
    "another namespace":       ([HOST, "-n", "foo"], "--namespace: found 'foo', expected bar"),
    "a cluster, too":          ([HOST, "--context", "west"], "--file and --context: expected one of them"),
}


@pytest.mark.parametrize("case", USAGE)
def test_what_the_command_line_or_a_file_shows_to_be_wrong(case):
    (host, *arguments), named = USAGE[case]
    wrong(on_input(ENTRY, "create", *arguments, host=host), named)


def test_one_endpoint_is_nothing_to_fail_over_to():
    alone = ENTRY[:ENTRY.index("  - address: 172.25.55.50")]
    wrong(on_input(alone, "create"), "has one endpoint, expected one for each cluster", f"meshdnsctl entry create {HOST} --from-context")


def test_no_port_is_nothing_to_fail_over_with():
    portless = ENTRY[:ENTRY.index("  ports:")] + ENTRY[ENTRY.index("  endpoints:"):]
    for arguments in ((), ("--sni", "global")):
        wrong(on_input(portless, "create", *arguments), f"{ENTRY_NAME}: spec.ports: found none, expected the ports that clients ask for")


def test_what_gateways_ask_of_servers_beside_them_is_said():
    said = on_input(ENTRY, "create", "--sni", "global").stderr
    known = on_input(ENTRY + RULE, "create")
    assert f"{ENTRY_NAME}, port 8000: gateways are asked for {HOST} itself, and 10.96.0.7 is behind none" in said, said
    assert done(known) and "10.96.0.7" not in known.stderr, known.stderr


def test_control_characters_are_escaped():
    for text in (ENTRY.replace("region2/zone1", '"region2\\e[31m"'), ENTRY.replace("    locality: region2/zone1\n", "").replace(REMOTE, '"\\e[31m"')):
        ended = on_input(text, "create")
        assert ended.returncode == EXIT_USAGE and "\x1b" not in ended.stderr, ended.stderr


def test_delete_where_there_is_nothing():
    assert done(on_input(ENTRY + RULE + ROUTE, "delete")) == ENTRY + RULE + ROUTE
    assert done(on_input("", "delete")) == ""


def of_another(kind, spec, name="serverservice04-bar"):
    return f"---\napiVersion: networking.istio.io/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: bar}}\nspec: {spec}\n"


GATEWAYS_ROUTE = "{hosts: [%s], gateways: [istio-system/gw], http: [{route: [{destination: {host: %s}}]}]}" % (HOST, HOST)


def test_objects_of_others_are_not_made_a_second_time():
    """The later of two of one name would take the other's place when they are applied."""
    wrong(on_input(ENTRY + of_another("DestinationRule", "{host: other.bar.global}"), "create", *ALL),
          "DestinationRule bar/serverservice04-bar is there for another host", "rename it")
    with_route = ENTRY + of_another("VirtualService", GATEWAYS_ROUTE)
    names = [each["metadata"]["name"] for each in yaml.safe_load_all(done(on_input(with_route, "create", *ALL)))
             if each["kind"] == "VirtualService"]
    assert names == ["serverservice04-bar", "serverservice04-bar-mesh"]
    wrong(on_input(with_route + of_another("VirtualService", GATEWAYS_ROUTE, "serverservice04-bar-mesh"), "create", *ALL),
          "VirtualService bar/serverservice04-bar-mesh is there for another host")
