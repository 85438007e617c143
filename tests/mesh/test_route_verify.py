"""meshdnsctl route verify, in a pod whose sidecar is the stock Envoy with routes of the test's own."""

import json
import re
import shlex
import signal
import sys

import pytest
import yaml

from mesh.lone_envoy import lone_envoy, to
from mesh.traffic import CLIENT
from support.meshdnsctl import program
from support.process import eventually

FAR, NEAR, OTHER = "s4.bar.global", "s1.bar.svc.cluster.local", "s2.bar.svc.cluster.local"
SERVERS = {FAR: "s4", NEAR: "s1", OTHER: "s2", "hashed.bar.global": "s5"}
WEIGHTS = {FAR: 50, NEAR: 25, OTHER: 25}
HOSTS = {
    "a.bar.global": [
        {"match": {"prefix": "/headers", "headers": [{"name": "end-user", "string_match": {"exact": "jason"}}]}, **to(OTHER)},
        {"name": "weighted", "match": {"prefix": "/headers"}, **to(WEIGHTS), "metadata": {"filter_metadata": {"istio": {
            "config": "/apis/networking.istio.io/v1/namespaces/bar/virtual-service/a"}}}},
        {"match": {"path": "/one"}, **to(NEAR)},
        {"match": {"path": "/alike"}, **to(WEIGHTS, hash_policy=[{"header": {"header_name": "end-user"}}])},
        {"match": {"path": "/ring"}, **to({NEAR: 50, "hashed.bar.global": 50})},
        {"match": {"path": "/gone"}, "redirect": {"path_redirect": "/one"}},
        {"match": {"path": "/asks", "dynamic_metadata": [{"filter": "x", "path": [{"key": "y"}], "value": {"present_match": True}}]}, **to(NEAR)},
    ]}
STREAMS = {9000: {NEAR: 75, OTHER: 25}}
URL = "http://a.bar.global:8000/headers"
EXPECT = ["--expect", "s4=50", "--expect", "s1=25", "--expect", "s2=25"]
KUBECTL = ("kubectl --namespace foo run meshdnsctl-route-verify --image=meshdns:0.1.0 --restart=Never --rm --attach "
           "--labels=sidecar.istio.io/inject=true --annotations=sidecar.istio.io/nativeSidecar=true "
           "'--annotations=proxy.istio.io/config={\"holdApplicationUntilProxyStarts\":true}' --command -- "
           "meshdnsctl route verify 'http://a.bar.global:8000/?a&b' --count 200 --rate 100 --timeout 15s --expect s4.bar.global=1")


@pytest.fixture(scope="module")
def envoy(node):
    with lone_envoy(node, SERVERS, HOSTS, STREAMS, hashing=["hashed.bar.global"]) as envoy:
        yield envoy


def verify(envoy, *arguments, url=URL, count=400, rate=1000):
    return envoy.ctl("route", "verify", url, "--count", count, "--rate", rate, *arguments)


def passing(envoy, *arguments, **options):
    """What is to pass: one true sample of a thousand looks like a false one, and two in a row are one of a million."""
    ended = verify(envoy, *arguments, **options)
    return ended if "failed: the shares do not fit" not in ended.stdout else verify(envoy, *arguments, **options)


# arguments, exit code, what standard output says
JUDGED = {
    "the sidecar's weights": ([], 0, ["\ns4.bar.global:8000             50      200.0     ",
                                      "\nWeights:    the sidecar's route weighted of a.bar.global:8000 (VirtualService bar/a)\n",
                                      "\nCounted by: the sidecar at http://127.0.0.1:15000\n", "\nStatuses:   200 (400)\n",
                                      "\nRequests:   400 sent, 0 failed, 0 unidentified\n", "\nTest:       chi-squared ",
                                      "\npassed: the requests went where the weights say\n"]),
    "the true weights": (["--expect", "s4.bar.global=2", "--expect", "s1.bar=1", "--expect", "s2.bar:8000=1"], 0, ["\npassed: "]),
    "other weights": (["--expect", "s4.bar.global=25", "--expect", "s1.bar=25", "--expect", "s2.bar=50"], 1,
                      ["\nfailed: the shares do not fit the weights: chance alone "]),
    "a destination is forgotten": (["--expect", "s4.bar.global=2", "--expect", "s1.bar=1"], 1,
                                   [" requests were answered by none of the destinations: outbound|8000||s2.bar.svc.cluster.local ("]),
    "a weight of 0": (["--expect", "s4.bar.global=2", "--expect", "s1.bar=1", "--expect", "s2.bar=0"], 1, ["s2.bar has the weight 0 and got "]),
    "who answers in a header": (["--by", "header:X-Served-By", *EXPECT], 0, ["\nCounted by: the answers' header:X-Served-By\n", "\npassed: "]),
    "who answers by the host's first label": (["--by", "header:x-served-by"], 0, ["\ns4.bar.global:8000 ", "\npassed: "]),
    "who answers in the body": (["--by", r'body:"host": "(a)\.bar', "--expect", "a=1"], 0, ["one destination alone", "\npassed: "]),
    "a header that nobody sends": (["--by", "header:x-server", *EXPECT], 1,
                                   ["\nfailed: 400 of 400 requests were answered by none of the destinations: an answer that does not say (400)\n"]),
    "servers that nobody expects": (["--by", "header:x-served-by", "--expect", "s4=1", "--expect", "s1=1"], 1,
                                    [" requests were answered by none of the destinations: s2 ("]),
    "a weight of 0 among servers": (["--by", "header:x-served-by", "--expect", "s4=2", "--expect", "s1=1", "--expect", "s2=0"], 1,
                                    ["s2 has the weight 0 and got "]),
}


@pytest.mark.parametrize("arguments, code, parts", JUDGED.values(), ids=JUDGED)
def test_judged(envoy, arguments, code, parts):
    ended = (verify if code else passing)(envoy, *arguments)
    assert (ended.returncode, ended.stderr) == (code, ""), ended
    for part in parts:
        assert part in ended.stdout


def test_one_destination(envoy):
    ended = verify(envoy, url="http://a.bar.global:8000/one", count=50)
    assert ended.returncode == 0 and "s1.bar.svc.cluster.local:8000  1       50.0      50   100.0%\n" in ended.stdout


def test_connections_that_are_not_looked_into_are_chosen_for_one_by_one(envoy):
    expect = ["--expect", "s1.bar:8000=75", "--expect", "s2.bar:8000=25"]
    ended = passing(envoy, *expect, url="http://a.bar.global:9000/")
    assert ended.returncode == 0, ended
    assert verify(envoy, "--expect", "s1.bar=25", "--expect", "s2.bar=75", url="http://a.bar.global:9000/").returncode == 1


@pytest.mark.parametrize("form, load", [("json", json.loads), ("yaml", yaml.safe_load)])
def test_what_a_program_reads(envoy, form, load):
    ended = verify(envoy, "--expect", "s4.bar.global=1", "--expect", "s1.bar=1", "-o", form)
    report = load(ended.stdout)
    assert ended.returncode == 1 and ended.stderr.startswith("failed: ") and ended.stderr[:-1].endswith("; ".join(report["reasons"]))
    assert (report["passed"], report["verdict"], report["sent"], report["failed"], report["excess"]) == (False, "failed", 400, 0, 0)
    assert report["unidentified"] == report["others"]["outbound|8000||s2.bar.svc.cluster.local"]
    assert [each["got"] for each in report["destinations"]] and sum(each["got"] for each in report["destinations"]) == 400 - report["unidentified"]
    assert report["statuses"] == {"200": 400} and report["chiSquared"]["degreesOfFreedom"] == 1


def test_failed_requests_are_counted_and_fail_it(envoy):
    envoy.stop("s1")
    try:
        for way in ([], ["--by", "header:x-served-by", *EXPECT]):
            ended = verify(envoy, *way)
            assert ended.returncode == 1 and re.search(r"\nfailed: \d+ of 400 requests failed: status 503 \(\d+\)", ended.stdout), ended
            assert "\nFailures:   status 503 (" in ended.stdout
    finally:
        envoy.serve("s1")


def test_whatever_else_the_pod_sends_makes_it_inconclusive(envoy):
    with_others = envoy.pod.start(sys.executable, "-B", CLIENT, "http://a.bar.global:8000/headers", 200, 100_000, "yes")
    try:
        with_others.wait_for_log(re.compile("answered"))
        ended = verify(envoy, rate=200)
    finally:
        with_others.stop()
    assert ended.returncode == 1 and "\ninconclusive: the sidecar counted " in ended.stdout, ended
    assert passing(envoy).returncode == 0


def test_interrupted_it_says_what_it_has_seen(envoy):
    before = envoy.requests()
    running = envoy.start_ctl("route", "verify", URL, "--count", 100_000, "--rate", 20)
    eventually(lambda: envoy.requests() > before)
    running.signal(signal.SIGINT)
    assert running.wait() == 1
    assert re.search(r"\ninconclusive: interrupted after \d+ of 100000 requests\n$", running.log), running.log
    assert re.search(r"\nRequests:   (\d+) sent, 0 failed, 0 unidentified\n", running.log)


# URL, arguments, exit code, what standard error says
REFUSED = {
    "too few": (URL, ["--count", 19], 2, "--count: 19 requests are too few to tell these weights from others: each destination is to be expected "
                                         "5 times at least, which takes --count 20\n"),
    "too few for --expect": (URL, ["--count", 100, "--expect", "a=1", "--expect", "b=99"], 2, "takes --count 500\n"),
    "a hash policy": ("http://a.bar.global:8000/alike", [], 2, "does not leave it to chance who answers (hash policy on header end-user)"),
    "a hash policy, whoever counts": ("http://a.bar.global:8000/alike", ["--by", "header:x-served-by", *EXPECT], 2, "(hash policy on header end-user)"),
    "a cluster that hashes": ("http://a.bar.global:8000/ring", [], 2, "(consistent hashing of outbound|8000||hashed.bar.global)"),
    "a redirect": ("http://a.bar.global:8000/gone", [], 3, "the sidecar's route /gone of a.bar.global:8000 sends to no destination"),
    "a path that has no route": ("http://a.bar.global:8000/else", [], 3, "the sidecar has no route of a.bar.global:8000 that takes /else, and answers 404 itself; --expect "),
    "a route that cannot be told": ("http://a.bar.global:8000/asks", [], 3, "route /asks of a.bar.global:8000 takes the request cannot be told here; --expect "),
    "a host that has no route": ("http://b.bar.global:8000/", [], 1, "the sidecar has no route of its own for b.bar.global:8000; "),
    "a cluster that is not there": (URL, ["--expect", "s3.bar.global=1"], 3, "the sidecar has no cluster for s3.bar.global; the nearest that it has is s4.bar.global:8000"),
    "one destination by two names": (URL, ["--expect", "s1.bar=1", "--expect", "s1.bar.svc.cluster.local:8000=1"], 3,
                                     "--expect: s1.bar and s1.bar.svc.cluster.local:8000 are both outbound|8000||s1.bar.svc.cluster.local\n"),
    "another port": (URL, ["--expect", "s4.bar.global:80=1"], 3, "the sidecar has no cluster for s4.bar.global:80; the nearest "),
}


@pytest.mark.parametrize("url, arguments, code, message", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_verified(envoy, url, arguments, code, message):
    ended = envoy.ctl("route", "verify", url, *arguments)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert message in ended.stderr


# arguments, what standard error says
WRONG = {
    "no URL": ([], "URL is required"),
    "no scheme": (["a.bar.global/headers"], "URL: found 'a.bar.global/headers', expected a URL such as http://a.bar.global:8000/headers"),
    "another scheme": (["ftp://a"], "expected a URL such as http://"),
    "a user": (["http://a:b@c/"], "without a user and a fragment"),
    "a count of 0": ([URL, "--count", "0"], "--count: "),
    "too many": ([URL, "--count", "1000001"], "--count: "),
    "no time": ([URL, "--timeout", "0s"], "--timeout: "),
    "a rate of 0": ([URL, "--rate", "0"], "--rate: "),
    "too fast": ([URL, "--rate", "1001"], "--rate: "),
    "no weight": ([URL, "--expect", "a"], "--expect: "),
    "a negative weight": ([URL, "--expect", "a=-1"], "--expect: "),
    "a negative weight of a value": ([URL, "--by", "header:x", "--expect", "a=-1"], "--expect: the weight in 'a=-1': "),
    "weights of 0": ([URL, "--expect", "a=0", "--expect", "b=0"], "--expect: found weights of 0 alone, expected one above 0"),
    "twice": ([URL, "--expect", "a=1", "--expect", "a=2"], "--expect: found 'a' twice"),
    "neither header nor body": ([URL, "--by", "x-served-by"], "--by: found \"x-served-by\", expected header:NAME or body:REGEX"),
    "no expression": ([URL, "--by", "body:("], "--by: found \"(\", expected a regular expression of RE2"),
    "a back reference": ([URL, "--by", r"body:(a)\1"], "--by: "),
    "a sidecar elsewhere": ([URL, "--sidecar", "http://10.0.0.1:15000"], "--sidecar: found 'http://10.0.0.1:15000', expected a URL on loopback"),
    "https without weights": (["https://a.bar.global/"], "--expect is required for https"),
    "no form": ([URL, "-o", "xml"], "expected text, json or yaml"),
    "a flag that is none": ([URL, "--cuont", "1"], "--count"),
    "a second URL": ([URL, URL], "meshdnsctl route verify --help shows what there is"),
}


@pytest.mark.parametrize("arguments, message", WRONG.values(), ids=WRONG)
def test_wrong_usage(envoy, arguments, message):
    ended = envoy.ctl("route", "verify", *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert message in ended.stderr


def test_without_a_sidecar_it_says_how_to_get_one(node, envoy):
    pod = node.pod("10.244.0.3")
    ended = pod.run(program(), "route", "verify", "http://a.bar.global:8000/?a&b", "-n", "foo", "--count", 200, "--expect", "s4.bar.global=1")
    assert (ended.returncode, ended.stdout) == (3, "")
    said, line = ended.stderr.splitlines()
    assert "there is no sidecar here that tells who answers (http://127.0.0.1:15000/clusters: Connection refused)" in said
    assert line == KUBECTL
    assert shlex.split(line)[-11:] == ["route", "verify", "http://a.bar.global:8000/?a&b", "--count", "200", "--rate", "100", "--timeout", "15s", "--expect", "s4.bar.global=1"]


def test_without_a_sidecar_the_answers_will_do(node, envoy):
    pod = node.pod("10.244.0.4")
    server = envoy.pod
    pod.write("/etc/hosts", f"{server.address} a.bar.global\n")
    ended = pod.run(program(), "route", "verify", "http://a.bar.global:8000/", "--count", 20, "--by", "header:x", "--expect", "v=1")
    assert ended.returncode == 1 and "20 of 20 requests failed: Connection refused (20)" in ended.stdout
