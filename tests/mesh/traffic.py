"""Requests from a pod, paced and counted by a client of the tests' own."""

import json
import math
import re
import sys
from collections import Counter
from pathlib import Path

from support.process import eventually

CLIENT = Path(__file__).with_name("http_client.py")
_FETCH = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())"
_ANSWERED = re.compile("^answered$")


class Tally:
    """requests: (sent, took, server, failure) each, by the clock of time.monotonic(); answers: server → how many; failures: reason →
    how many; failed_at: since the start; all times in seconds."""

    def __init__(self, line):
        counted = json.loads(line)
        self.start, self.seconds, self.requests = counted["start"], counted["seconds"], sorted(counted["requests"])
        self.answers = Counter(server for _, _, server, failure in self.requests if not failure)
        self.failures = Counter(failure for _, _, _, failure in self.requests if failure)
        self.failed_at = [round(sent - self.start, 3) for sent, _, _, failure in self.requests if failure]
        self.slowest = max((took for _, took, _, _ in self.requests), default=0)

    @property
    def sent(self):
        return len(self.requests)

    @property
    def lost(self):
        return self.failures.total()

    def since(self, instant):
        """The answers to what was sent after that instant of time.monotonic()."""
        return Counter(server for sent, _, server, failure in self.requests if sent > instant and not failure)

    def __repr__(self):
        return (f"{self.sent} in {self.seconds:.1f} s: {dict(self.answers)}, slowest {self.slowest * 1000:.0f} ms, "
                f"failed: {dict(self.failures)} at {self.failed_at[:10]}")


class Traffic:
    """Requests to a URL from a pod, as a context manager: they flow when it is entered, and end with it at the latest."""

    def __init__(self, pod, url, rate=200, count=100_000, keep_alive=True):
        self._pod = pod
        self._arguments = (url, rate, count, "yes" if keep_alive else "no")

    def __enter__(self):
        self._process = self._pod.start(sys.executable, "-B", CLIENT, *self._arguments, name="client")
        self._process.wait_for_log(_ANSWERED)
        return self

    def __exit__(self, *_):
        self._process.stop()

    def wait(self, timeout=120):
        """Until as many are sent as were asked for."""
        self._process.wait(timeout)

    def tally(self):
        """Ends it, and counts."""
        assert self._process.stop() == 0, self._process.log
        return Tally(self._process.log.splitlines()[-1])


def fetch(pod, url):
    """The body of one answer, which must be a good one."""
    ended = pod.run(sys.executable, "-c", _FETCH, url)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def send(pod, url, count, **options):
    """That many requests, counted."""
    with Traffic(pod, url, count=count, **options) as traffic:
        traffic.wait()
        return traffic.tally()


def follows(answers, weights):
    """Whether answers by server may be of these weights: that which does so one time in a million does not."""
    assert answers.keys() <= weights.keys(), answers
    expected = {server: answers.total() * weight / sum(weights.values()) for server, weight in weights.items()}
    chi_squared = sum((answers[server] - count) ** 2 / count for server, count in expected.items())
    assert len(weights) == 3
    return chi_squared < -2 * math.log(1e-6)  # the quantile has this form for two degrees of freedom
