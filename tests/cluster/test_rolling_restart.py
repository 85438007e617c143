"""Two replicas behind CoreDNS are restarted one after the other: no query is lost.

A Service knows by readiness which replicas can be asked. CoreDNS, which here has both in its `forward`, does not: it takes a SERVFAIL
of the one that has not synced yet for an answer, unless `failover` tells it to ask the other.
"""

import pytest

from cluster.conftest import meshdns_on
from cluster.control_plane import CoreDns, free_port
from support.asker import Asker
from support.entries import service_entry
from support.meshdns import addresses
from support.process import eventually

ROUNDS = 3


class Replica:
    """A server on a port of its own, which its successors take over."""

    def __init__(self, plane, directory):
        self.port = free_port()
        self._plane = plane
        self._directory = directory
        directory.mkdir()
        self.start()

    def start(self):
        self.server = meshdns_on(self._plane, self._directory, arguments=["--listen", f"127.0.0.1:{self.port}"],
                                 lameduck="1s")
        self.server.__enter__()
        eventually(lambda: self.server.get("/ready").status_code == 200, timeout=30)

    def stop(self):
        self.server.__exit__(None, None, None)


@pytest.fixture
def replicas(control_plane, tmp_path):
    pair = [Replica(control_plane, tmp_path / name) for name in ("a", "b")]
    yield pair
    for replica in pair:
        replica.stop()


@pytest.fixture
def coredns(replicas, tmp_path):
    forwarder = CoreDns(tmp_path, *(replica.port for replica in replicas), cache=False, forward="failover SERVFAIL")
    eventually(forwarder.answers, timeout=20)
    yield forwarder
    forwarder.kill()


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
def test_no_query_is_lost(control_plane, replicas, coredns, tcp):
    for i in range(20):
        control_plane.create(service_entry(f"e{i}-{tcp}".lower(), f"e{i}.bar.global", [f"10.0.0.{i}"]))
    for replica in replicas:
        eventually(lambda: addresses(replica.server.query("e19.bar.global")) == ["10.0.0.19"])
    asker = Asker(coredns, [f"e{i}.bar.global" for i in range(20)] + ["unknown.bar.global"], tcp=tcp)
    for _ in range(ROUNDS):
        for replica in replicas:
            replica.stop()
            replica.start()
    asker.stop()
    assert not asker.wrong, f"{len(asker.wrong)} of {asker.asked}, such as {asker.wrong[0]}"
    print(f"{2 * ROUNDS} restarts, {asker.asked} queries, none lost")
