"""meshdnsctl failover verify, in a pod whose sidecar is the stock Envoy, with endpoints in two regions of the test's own."""

import contextlib
import json
import re
import shlex
import signal
import sys

import pytest
import yaml

from mesh.lone_envoy import RETRIES, lone_envoy, to
from mesh.traffic import CLIENT
from support.meshdnsctl import program
from support.process import eventually

NEAR, FAR = "region1/zone1/sub1", "region2"
ENDS = {"active": {"a1": (NEAR, {"priority": 0}), "a2": (FAR, {"priority": 1})},
        "shared": {"d1": (NEAR, {"load_balancing_weight": 75}), "d2": (FAR, {"load_balancing_weight": 25})},
        "one": {"o1": (NEAR, {})},
        "alone": "l1"}
SERVERS = {f"{name}.bar.global": ends for name, ends in ENDS.items()}
STREAM = "active.bar.global:9000"
HOSTS = {host: [{"match": {"path": "/once"}, **to(host)},
                {"match": {"path": "/gone"}, "redirect": {"path_redirect": "/once"}},
                {"match": {"prefix": "/"}, **to(host, retry_policy=RETRIES)}] for host in SERVERS}
STREAMS = {9000: {STREAM: 1}}
ACTIVE, SHARED = "http://active.bar.global:8000/", "http://shared.bar.global:8000/"
DURING = "10s"
KUBECTL = ("kubectl --namespace foo run meshdnsctl-failover-verify --image=meshdns:0.1.0 --restart=Never --rm --attach "
           "--labels=sidecar.istio.io/inject=true --annotations=sidecar.istio.io/nativeSidecar=true "
           "'--annotations=proxy.istio.io/config={\"holdApplicationUntilProxyStarts\":true}' --command -- "
           "meshdnsctl failover verify 'http://a.bar.global:8000/?a&b' --during 2s --rate 100 --timeout 15s")


@pytest.fixture(scope="module")
def envoy(node):
    with lone_envoy(node, {**SERVERS, STREAM: ENDS["active"]}, HOSTS, STREAMS) as envoy:
        yield envoy


def grows(envoy, name, by):
    """Waits for so many requests more."""
    before = envoy.requests(name)
    eventually(lambda: envoy.requests(name) >= before + by, timeout=30, every=0.05)


@contextlib.contextmanager
def verifying(envoy, url, first, *arguments, during=DURING):
    """Entered when `first` has answered enough; the process, which has ended when it is left."""
    running = envoy.start_ctl("failover", "verify", url, "--during", during, *arguments)
    grows(envoy, first, 60)
    yield running
    running.wait(timeout=90)


def break_and_mend(envoy, first, other, hang=False):
    """Until the other has answered enough, and `first` answers again."""
    envoy.hang(first) if hang else envoy.stop(first)
    grows(envoy, other, 60)
    envoy.hang(first, False) if hang else envoy.serve(first)
    grows(envoy, first, 60)


def report_of(running):
    return json.loads(running.log[running.log.index("{"):running.log.rindex("}") + 1])


# URL, who answers at first, who instead, whether it hangs
MOVED = {"killed, the other waits": (ACTIVE, "a1", "a2", False),
         "hung, the other waits": (ACTIVE, "a1", "a2", True),
         "killed, both share": (SHARED, "d1", "d2", False)}


@pytest.mark.parametrize("url, first, other, hang", MOVED.values(), ids=MOVED)
def test_moved_and_back(envoy, url, first, other, hang):
    with verifying(envoy, url, first, "-o", "json") as running:
        break_and_mend(envoy, first, other, hang)
    report = report_of(running)
    assert running.wait() == 0 and report["passed"] and report["verdict"] == "passed" and not report["reasons"], running.log
    requests, attempts = report["requests"], report["attempts"]
    assert requests["lost"] == 0 and requests["answered"] == requests["sent"] <= requests["planned"] == 1000
    assert attempts["failed"] >= 3 and attempts["ended"] == requests["sent"] + attempts["failed"]
    assert attempts["besideRequests"] == attempts["failed"]
    move = report["moves"][0]
    assert move["locality"] == NEAR and list(move["answeredBy"]) == [FAR] and move["failed"] >= 3
    assert move["began"]["after"] < move["moved"]["by"] <= move["back"]["by"] and move["timeToMove"] < move["away"] < 10
    near, far = report["localities"]
    assert (near["locality"], far["locality"]) == (NEAR, FAR)
    assert near["atFirst"] >= 40 and near["failed"] == attempts["failed"] and far["failed"] == 0
    assert far["since"] >= move["answeredBy"][FAR] and (far["atFirst"] == 0) == (url == ACTIVE)
    assert near["endpoints"][0]["out"][0]["why"] == "ejected" and not far["endpoints"][0]["out"]


def test_what_people_read(envoy):
    with verifying(envoy, ACTIVE, "a1") as running:
        break_and_mend(envoy, "a1", "a2")
    assert running.wait() == 0, running.log
    for line in (r"LOCALITY            ENDPOINT         AT FIRST +SINCE +ATTEMPTS  FAILED  EJECTED",
                 r"region1/zone1/sub1  127.0.0.1:\d+  \d+ \(100.0%\) +\d+ \(\d+.\d%\) +\d+ +\d+ +\d+.\d\d s to \d+.\d\d s.*",
                 r"region2             127.0.0.1:\d+  0 \(0.0%\) +\d+ \(\d+.\d%\) +\d+ +0 +never",
                 r"\d+.\d\d s  the first sign of trouble at region1/zone1/sub1",
                 r"\d+.\d\d s  127.0.0.1:\d+ is ejected",
                 r"\d+.\d\d s  nothing goes to region1/zone1/sub1 any more, \d+.\d\d s at most after it was well: region2 \(100.0%\)",
                 r"\d+.\d\d s  region1/zone1/sub1 answers again, after \d+.\d\d s at most",
                 r"Requests:   \d+ of 1000 sent, \d+ answered, 0 lost; the slowest took \d+ ms",
                 r"Attempts:   \d+, \d+ of them failed, \d+ beside the requests",
                 r"Route:      the sidecar's route / of active.bar.global:8000",
                 r"Counted by: the sidecar at http://127.0.0.1:15000, asked \d+ times; times are exact to \d.\d\d s",
                 r"passed: requests moved from region1/zone1/sub1 within \d+.\d\d s and back; none of \d+ was lost"):
        assert re.search(f"^{line}$", running.log, re.MULTILINE), (line, running.log)


def test_lost_without_retries(envoy):
    with verifying(envoy, ACTIVE + "once", "a1", "-o", "yaml") as running:
        break_and_mend(envoy, "a1", "a2")
    report = yaml.safe_load(running.log[:running.log.rindex("failed: ")])
    requests = report["requests"]
    assert running.wait() == 1 and report["verdict"] == "failed" and requests["lost"] >= 3, running.log
    assert requests["losses"] == {"status 503": requests["lost"]} and requests["lostFrom"] <= requests["lostTo"]
    assert re.match(r"\d+ of \d+ requests were lost, from \d+.\d\d s to \d+.\d\d s: status 503 \(\d+\)$", report["reasons"][0])
    assert report["moves"][0]["moved"] and report["attempts"]["besideRequests"] == 0


def test_connections_are_counted_where_requests_are_not_seen(envoy):
    with verifying(envoy, f"http://{STREAM}/", "a1", "-o", "json") as running:
        break_and_mend(envoy, "a1", "a2")
    report = report_of(running)
    assert report["route"].startswith("connections to active.bar.global:9000") and report["moves"][0]["back"], running.log
    assert report["moves"][0]["answeredBy"].keys() == {FAR} and report["attempts"]["failed"] >= 3


def test_all_are_dead(envoy):
    with verifying(envoy, ACTIVE, "a1", during="3s") as running:
        for name in ("a1", "a2"):
            envoy.stop(name)
    for name in ("a1", "a2"):
        envoy.serve(name)
    assert running.wait() == 1
    assert re.search(r"\nfailed: \d+ of 300 requests were lost, .*: status 503 \(\d+\); no move was seen: ", running.log), running.log
    eventually(lambda: is_as_at_first(envoy), timeout=30)


def is_as_at_first(envoy):
    """No attempt fails, and no request goes to the other one because the first is ejected still."""
    report = envoy.ctl("failover", "verify", ACTIVE, "--during", "1s", "-o", "json").stdout
    return report.count('"failed": 0') > 3 and f"{NEAR} (100.0%) answered" in report


# URL, arguments, what the last line says
INCONCLUSIVE = {
    "nothing is killed": (ACTIVE, ["--during", "1s"], "no move was seen: region1/zone1/sub1 (100.0%) answered from the beginning to the end; kill "),
    "nothing is killed, and both share": (SHARED, ["--during", "1s"], "answered from the beginning to the end; kill "),
    "too few": (ACTIVE, ["--during", "2s", "--rate", "5"], "only 10 requests were answered, expected 20 at least before the first trouble"),
}


@pytest.mark.parametrize("url, arguments, reason", INCONCLUSIVE.values(), ids=INCONCLUSIVE)
def test_inconclusive(envoy, url, arguments, reason):
    ended = envoy.ctl("failover", "verify", url, *arguments)
    last = ended.stdout.splitlines()[-1]
    assert ended.returncode == 1 and last.startswith("inconclusive: ") and reason in last, ended


def test_whatever_else_the_pod_sends_makes_it_inconclusive(envoy):
    others = envoy.pod.start(sys.executable, "-B", CLIENT, ACTIVE, 200, 100_000, "yes")
    try:
        others.wait_for_log(re.compile("answered"))
        ended = envoy.ctl("failover", "verify", ACTIVE, "--during", "2s")
    finally:
        others.stop()
    assert ended.returncode == 1 and "\ninconclusive: the sidecar counted " in ended.stdout, ended


def test_interrupted_it_says_what_it_has_seen(envoy):
    with verifying(envoy, ACTIVE, "a1", during="10m") as running:
        running.signal(signal.SIGINT)
    assert running.wait() == 1
    assert re.search(r"\ninconclusive: interrupted after \d+ of 60000 requests; no move was seen: ", running.log), running.log


# URL, arguments, exit code, what standard error says
REFUSED = {
    "one endpoint": ("http://one.bar.global:8000/", [], 3, "the sidecar has 1 endpoint for one.bar.global:8000, in region1/zone1/sub1 alone: there is nowhere to "
                                                           "move to; meshdnsctl failover create one.bar.global makes it fail over\n"),
    "no locality": ("http://alone.bar.global:8000/", [], 3, "for alone.bar.global:8000, in no locality: there is nowhere to move to; meshdnsctl failover create "),
    "a redirect": (ACTIVE + "gone", [], 3, "route /gone of active.bar.global:8000 sends to no destination"),
    "an unknown host": ("http://b.bar.global:8001/", [], 3, "the sidecar has neither a route nor a cluster for b.bar.global:8001"),
    "no time": (ACTIVE, ["--during", "0s"], 2, "--during: "),
    "too long": (ACTIVE, ["--during", "2h"], 2, "--during: "),
    "no duration": (ACTIVE, ["--during", "60"], 2, "--during: "),
    "a rate of 0": (ACTIVE, ["--rate", "0"], 2, "--rate: "),
    "a short timeout": (ACTIVE, ["--timeout", "1ms"], 2, "--timeout: "),
    "no URL": ("active.bar.global", [], 2, "URL: found 'active.bar.global', expected a URL such as "),
    "a sidecar elsewhere": (ACTIVE, ["--sidecar", "http://10.0.0.1:15000"], 2, "expected a URL on loopback"),
    "no form": (ACTIVE, ["-o", "xml"], 2, "expected text, json or yaml"),
}


@pytest.mark.parametrize("url, arguments, code, message", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_verified(envoy, url, arguments, code, message):
    during = [] if "--during" in arguments else ["--during", "2s"]
    ended = envoy.ctl("failover", "verify", url, *during, *arguments)
    assert (ended.returncode, ended.stdout) == (code, "") and message in ended.stderr, ended


def test_without_a_time(envoy):
    ended = envoy.ctl("failover", "verify", ACTIVE)
    assert ended.returncode == 2 and "--during is required" in ended.stderr


def test_without_a_sidecar_it_says_how_to_get_one(node):
    ended = node.pod("10.244.0.3").run(program(), "failover", "verify", "http://a.bar.global:8000/?a&b", "-n", "foo", "--during", "2s")
    assert (ended.returncode, ended.stdout) == (3, "")
    said, line = ended.stderr.splitlines()
    assert "there is no sidecar here whose counts tell who answers (http://127.0.0.1:15000/clusters: Connection refused)" in said
    assert line == KUBECTL and shlex.split(line)[-9:-6] == ["failover", "verify", "http://a.bar.global:8000/?a&b"]
