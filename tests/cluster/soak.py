"""Changes at the highest rate that the API server takes, with faults at random; at the end the zone is the API's truth.

`scripts/soak` runs it with 100,000 entries, test_soak.py with a few.
"""

import os
import random
import re
import signal
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests

from cluster.conftest import meshdns_on, running_control_plane
from cluster.truth import difference, served, truth
from support.entries import service_entry
from support.meshdns import addresses
from support.process import eventually

WRITERS = 8
PROBES = 300
HOSTS = 3  # of each ten entries so many share a host: conflicts come and go


def entry(number, address):
    host = f"shared{number // 10}" if number % 10 < HOSTS else f"soak{number}"
    return service_entry(f"soak{number}", f"{host}.bar.global", [address])


def address(number):
    return f"240.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


class Writer(threading.Thread):
    """Creates, updates and deletes its own part of the entries until it is stopped. What it knows may be wrong after a fault."""

    def __init__(self, plane, numbers, seed):
        super().__init__(daemon=True)
        self.url = f"{plane.url}/apis/networking.istio.io/v1/namespaces/bar/serviceentries"
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = plane.http.verify
        self.http.headers = plane.http.headers
        self.numbers = numbers
        self.random = random.Random(seed)
        self.done = {"create": 0, "update": 0, "delete": 0}
        self.failed = 0
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.is_set():
            number = self.random.choice(self.numbers)
            new = address(self.random.randrange(1 << 24))
            kind = self.random.choice(["update", "update", "delete"])
            try:
                if self.change(kind, number, new):
                    self.done[kind] += 1
                elif self.change("create", number, new):
                    self.done["create"] += 1
            except requests.RequestException:
                self.failed += 1
                self.stopping.wait(0.05)

    def change(self, kind, number, new):
        if kind == "create":
            return self.http.post(self.url, json=entry(number, new), timeout=5).ok
        one = f"{self.url}/soak{number}"
        if kind == "delete":
            return self.http.delete(one, timeout=5).ok
        patch = {"spec": {"addresses": [new]}}
        return self.http.patch(one, json=patch, timeout=5, headers={"Content-Type": "application/merge-patch+json"}).ok


def kill_and_start(plane, _):
    plane.kill_api_server()
    plane.start()


def stop_for_a_while(process, seconds):
    process.signal(signal.SIGSTOP)
    time.sleep(seconds)  # the fault itself
    process.signal(signal.SIGCONT)


FAULTS = {
    "API server killed": kill_and_start,
    "API server stopped": lambda plane, seconds: stop_for_a_while(plane.api_server, seconds),
    "etcd stopped": lambda plane, seconds: stop_for_a_while(plane.etcd, seconds),
}


@dataclass
class Outcome:
    seconds: float
    changes: dict
    failed: int
    faults: list = field(default_factory=list)
    converged: float = 0  # seconds from the last change to the zone being the truth
    names: int = 0

    def __str__(self):
        total = sum(self.changes.values())
        return (f"{total} changes in {self.seconds:.0f} s ({total / self.seconds:.0f} a second: {self.changes}; {self.failed} "
                f"failed), faults: {', '.join(self.faults)}; {self.converged:.2f} s after the last change the zone equals "
                f"the API's truth, {self.names} names")


def soak(plane, server, entries, seconds, seed, timeout=120):
    """The entries `soak0` … are there. Raises where the zone does not become the truth."""
    generator = random.Random(seed)
    writers = [Writer(plane, range(i, entries, WRITERS), seed + i) for i in range(WRITERS)]
    begin = time.monotonic()
    for writer in writers:
        writer.start()
    faults = []
    while (left := begin + seconds - time.monotonic()) > 0:
        time.sleep(min(left, generator.uniform(1, 5)))  # between two faults
        name, fault = generator.choice(list(FAULTS.items()))
        fault(plane, generator.uniform(0.5, 3))
        faults.append(name)
    for writer in writers:
        writer.stopping.set()
    for writer in writers:
        writer.join()
    end = time.monotonic()
    changes = {kind: sum(writer.done[kind] for writer in writers) for kind in writers[0].done}
    outcome = Outcome(end - begin, changes, sum(writer.failed for writer in writers), faults)
    expected = truth(plane)

    def equal():
        wrong = difference(expected, served(server))
        assert not wrong, wrong
        return True

    eventually(equal, timeout, every=0.2)
    outcome.converged = time.monotonic() - end
    outcome.names = len(expected)
    return outcome


def probe(plane, server, count):
    """Seconds from the API server's reply to a new entry until the entry is answered, sorted."""
    took = []
    for i in range(count):
        plane.create(service_entry(f"probe{i}", f"probe{i}.bar.global", ["10.0.0.1"]))
        start = time.monotonic()
        eventually(lambda: addresses(server.query(f"probe{i}.bar.global")) == ["10.0.0.1"], every=0)
        took.append(time.monotonic() - start)
    return sorted(took)


def quantile(buckets, share):
    """The upper bound of the bucket in which that share of a histogram lies, in seconds."""
    total = buckets[-1][1]
    return next(bound for bound, count in buckets if count >= share * total)


def programming(server):
    """The histogram meshdns_programming_duration_seconds: (bound, cumulative count)."""
    found = {}
    for sample, value in server.metrics().items():
        if match := re.match(r'meshdns_programming_duration_seconds_bucket\{.*le="([^"]+)"', sample):
            found[float(match[1])] = value
    return sorted(found.items())


def main(entries, seconds):
    seed = int(os.environ.get("MESHDNS_SEED", random.randrange(1 << 32)))
    print(f"MESHDNS_SEED={seed}", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        (directory / "plane").mkdir()
        with running_control_plane(directory / "plane") as plane:
            plane.seed([entry(i, address(i)) for i in range(entries)])
            with meshdns_on(plane, directory) as server:
                eventually(lambda: server.get("/ready").status_code == 200, timeout=120)
                listed = dict(programming(server))
                took = probe(plane, server, PROBES)
                new = [(bound, count - listed[bound]) for bound, count in programming(server)]
                print(f"{entries} entries; {PROBES} new ones were answered after p50 {1000 * took[PROBES // 2]:.1f} ms, p99 "
                      f"{1000 * took[PROBES * 99 // 100]:.1f} ms from the API server's reply; programming_duration_seconds: "
                      f"p50 at most {1000 * quantile(new, 0.5):.2f} ms, p99 at most {1000 * quantile(new, 0.99):.2f} ms",
                      flush=True)
                print(soak(plane, server, entries, seconds, seed))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
