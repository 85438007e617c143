"""meshdnsctl failover show on files: which hosts, in which mode, and what is lost as they stand."""

import json

import pytest
import yaml

from support.meshdnsctl import meshdnsctl

EXIT_DONE, EXIT_USAGE = 0, 2
HOST = "a.bar.global"


def istio(kind, name, **spec):
    return {"apiVersion": "networking.istio.io/v1", "kind": kind, "metadata": {"name": name, "namespace": "bar"}, "spec": spec}


ENTRY = istio("ServiceEntry", "a-bar", hosts=[HOST], location="MESH_INTERNAL", resolution="STATIC", addresses=["240.0.0.2"],
              ports=[{"name": "http", "number": 8000, "protocol": "HTTP"}],
              endpoints=[{"address": "10.96.0.7", "locality": "region1/zone1"},
                         {"address": "172.25.55.50", "ports": {"http": 15443}, "locality": "region2/zone1"}])
LABELLED = {**ENTRY, "spec": {**ENTRY["spec"], "endpoints": [{**each, "labels": {"security.istio.io/tlsMode": "istio"}}
                                                             for each in ENTRY["spec"]["endpoints"]]}}


def show(*objects, arguments=()):
    return meshdnsctl("failover", "show", *arguments, "--file", "-", input=yaml.safe_dump_all(objects))


def created(*arguments):
    """The manifests that failover create makes of the entry."""
    ended = meshdnsctl("failover", "create", HOST, *arguments, "--file", "-", input=yaml.safe_dump(LABELLED))
    assert ended.returncode == EXIT_DONE, ended.stderr
    return list(yaml.safe_load_all(ended.stdout))


def shown(*objects):
    ended = show(*objects, arguments=("-o", "json"))
    assert (ended.returncode, ended.stderr) == (EXIT_DONE, "")
    only, = json.loads(ended.stdout)
    return only


def test_as_a_table():
    lines = show(*created("--repeatable", "--per-try-timeout", "0.5s", "--connect-timeout", "500ms")).stdout.splitlines()
    assert [line.split() for line in lines] == [
        "HOST PORT MODE ENDPOINT LOCALITY SHARE EJECTED AFTER TRIED AGAIN CONNECT TIMEOUT".split(),
        f"{HOST} 8000/HTTP failover 10.96.0.7 region1/zone1 - 3 gateway errors, at most 100% "
        "2 times, elsewhere, on gateway-error,connect-failure,refused-stream, after 500ms 500ms".split(),
        "172.25.55.50 region2/zone1 -".split()]


# flags of failover create → the mode, the endpoints' shares, how many losses are named
CREATED = {
    "nothing more":       ((), "failover", [[], []], 3),
    "repeatable":         (("--repeatable",), "failover", [[], []], 2),
    "all":                (("--repeatable", "--per-try-timeout", "1s", "--connect-timeout", "1s"), "failover", [[], []], 0),
    "shares":             (("--distribute", "region1=75", "region2=25"), "distribute", [[75], [25]], 3),
}


@pytest.mark.parametrize("case", CREATED)
def test_what_failover_create_makes(case):
    flags, mode, shares, losses = CREATED[case]
    only = shown(*created(*flags))
    assert only["mode"] == mode
    assert [[each["share"] for each in endpoint["shares"]] for endpoint in only["endpoints"]] == shares
    assert len(only["losses"]) == losses
    assert only["outlierDetection"]["consecutiveGatewayErrors"] == 3
    assert only["routes"][0]["retries"]["retryRemoteLocalities"] is True


def test_an_entry_alone():
    only = shown(ENTRY)
    assert (only["mode"], only["destinationRule"], only["outlierDetection"], only["routes"]) == ("none", "", None, [])
    assert only["losses"] == ["requests do not move when the servers of a locality are dead, as no endpoint is ever ejected; meshdnsctl "
                              "failover create changes that"]


def test_for_programs_there_are_two_forms():
    assert yaml.safe_load(show(ENTRY, arguments=("-o", "yaml")).stdout) == json.loads(show(ENTRY, arguments=("-o", "json")).stdout)


@pytest.mark.parametrize("arguments, objects", [((), ()), (("-n", "foo"), (ENTRY,))])
def test_there_is_none(arguments, objects):
    ended = show(*objects, arguments=arguments)
    assert (ended.returncode, ended.stdout, ended.stderr) == (EXIT_DONE, "no host with endpoints in several localities\n", "")


# arguments, what stands on standard input → what the message names
USAGE = {
    "no form":           (("-o", "xml"), "", "--output: "),
    "a context, too":    (("--context", "a"), "", "--file and --context: expected one of them"),
    "no YAML":           ((), "a: [", "standard input:"),
    "another host":      (("b.bar.global",), yaml.safe_dump(ENTRY), "meshdnsctl failover create b.bar.global says what it takes"),
    "no host":           (("b;bar",), yaml.safe_dump(ENTRY), "meshdnsctl failover create 'b;bar' says what it takes"),
    "no DestinationRule": ((), yaml.safe_dump(istio("DestinationRule", "d", host=HOST, trafficPolicy={"outlierDetection": {"interval": "-1s"}})),
                           "standard input:1: DestinationRule bar/d: spec.trafficPolicy.outlierDetection.interval: found \"-1s\""),
}


@pytest.mark.parametrize("case", USAGE)
def test_usage(case):
    arguments, text, named = USAGE[case]
    ended = meshdnsctl("failover", "show", *arguments, "--file", "-", input=text)
    assert (ended.returncode, ended.stdout) == (EXIT_USAGE, ""), ended.stderr
    assert named in ended.stderr


def test_nothing_that_a_terminal_would_obey():
    hostile = istio("ServiceEntry", "h", hosts=["h.bar.global"], ports=[{"name": "x", "number": 1, "protocol": "\x1b[31m"}],
                    endpoints=[{"address": "\x1b]0;x\x07", "locality": "\x1b[1m"}, {"address": "y", "locality": "\u202e"}])
    ended = show(hostile)
    assert ended.returncode == EXIT_DONE
    assert "\x1b" not in ended.stdout and "\x07" not in ended.stdout
