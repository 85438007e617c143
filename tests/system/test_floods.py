"""Floods over TCP: whatever clients do, memory stays bounded, and another client is served all the while.

The bounds are of the server's resident memory beyond what it was before, measured while all of a flood's connections are open. What a
connection can make the server keep stands in server/tcp_connection.h: 80 KiB of messages that wait, and 80 KiB of replies.
"""

import contextlib
import os
import threading
import time

import pytest

from support.entries import service_entry
from support.process import eventually
from support.wire import TcpClient, UdpClient, fields, framed, message, question

ENTRIES = [
    service_entry("a", "a.bar.global", ["240.0.0.1"]),
    service_entry("large", "large.bar.global", [f"240.0.0.{i}" for i in range(1, 251)]),  # 4 KB
]
QUERY = message(question("a.bar.global"))
LARGE = message(question("large.bar.global"))

with open(os.environ["MESHDNS"], "rb") as file:
    PROGRAM = file.read()
SANITIZED = b"__asan_init" in PROGRAM or b"__tsan_init" in PROGRAM
IDLE = 8  # KiB a connection that keeps nothing
BUSY = 160  # … and one that keeps all that it can
SLACK = 8 * 1024  # KiB: what the allocator holds back
if SANITIZED:  # shadow memory, and freed memory in quarantine
    IDLE, BUSY, SLACK = 30, 400, 64 * 1024


def resident(server):
    """KiB."""
    with open(f"/proc/{server.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


class Other:
    """A client beside the flood: one query after the other, over UDP and, where there is a seat for it, on one TCP connection."""

    def __init__(self, server, tcp):
        self._tcp = tcp
        self.times = []
        self._failure = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, args=[server.dns_port])
        self._thread.start()
        self.is_served()

    def _run(self, port):
        try:
            with contextlib.ExitStack() as stack:
                clients = [stack.enter_context(UdpClient(port))]
                if self._tcp:
                    clients.append(stack.enter_context(TcpClient(port, source="127.99.0.1")))
                while not self._ended.wait(0.001):
                    for client in clients:
                        start = time.monotonic()
                        assert fields(client.ask(QUERY)) == (4711, 0x8400, 0, (1, 1, 0, 0))
                        self.times.append(time.monotonic() - start)
        except BaseException as failure:
            self._failure = failure

    def is_served(self):
        """Waits for a few more answers."""
        answers = len(self.times)
        eventually(lambda: self._failure or len(self.times) > answers + 20)
        if self._failure:
            raise self._failure

    def end(self):
        self._ended.set()
        self._thread.join()


@contextlib.contextmanager
def flood(server, what, bound, tcp=True):
    """Yields a function to call at the flood's height."""
    other = Other(server, tcp)
    before = resident(server)

    def at_its_height():
        other.is_served()
        grown = resident(server) - before
        print(f"{what}: {grown / 1024:.1f} MiB more, {bound / 1024:.0f} allowed; "
              f"{len(other.times)} other answers, the slowest after {max(other.times) * 1000:.0f} ms")
        assert grown < bound

    try:
        yield at_its_height
        other.is_served()
    finally:
        other.end()


@contextlib.contextmanager
def clients_of(server, count, **options):
    """Connections from many addresses, 64 from each."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(TcpClient(server.dns_port, source=f"127.1.{i // 64}.1", timeout=20, **options))
               for i in range(count)]


def send_all_it_takes(client, data):
    client.socket.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while data:
            data = data[client.socket.send(data):]
    client.socket.setblocking(True)
    client.socket.settimeout(20)


def test_connections_beyond_the_limit(start_server):
    """One after the other, twice as many as there may be: each is served, and the longest idle goes for it."""
    limit = 1000
    server = start_server(ENTRIES, {"limits": {"tcpConnections": limit}}, ["--workers", "2"])
    with flood(server, "connections beyond the limit", limit * IDLE + SLACK) as at_its_height:
        with clients_of(server, 0) as clients, contextlib.ExitStack() as stack:
            for i in range(2 * limit):
                clients.append(stack.enter_context(TcpClient(server.dns_port, source=f"127.1.{i // 64}.1")))
                assert fields(clients[-1].ask(QUERY))[0] == 4711
            at_its_height()
            gone = limit + 1  # the other client has a connection, too
            assert all(client.is_closed() for client in clients[:gone])
            assert all(fields(client.ask(QUERY))[0] == 4711 for client in clients[gone:])
            assert server.metrics()["meshdns_tcp_refused_total"] == gone


def test_connections_that_are_never_idle(start_server):
    """All seats are taken by messages that do not end: who comes is closed, until their deadline gives the seats back."""
    limit = 200
    server = start_server(ENTRIES, {"limits": {"tcpConnections": limit, "tcpMessage": "1s"}}, ["--workers", "2"])
    # Whoever is idle between two queries makes room.
    with flood(server, "connections that are never idle", limit * BUSY + SLACK, tcp=False) as at_its_height:
        with clients_of(server, 2 * limit) as clients:
            for client in clients:
                with contextlib.suppress(ConnectionError):
                    client.send(framed(bytes(65535))[:-1])
            at_its_height()
            assert all(client.is_closed() for client in clients)
        with TcpClient(server.dns_port) as late:
            assert fields(late.ask(QUERY))[0] == 4711


def test_slow_readers(start_server):
    count = 60
    server = start_server(ENTRIES, {"limits": {"tcpMessage": "3s"}}, ["--workers", "2"])
    with flood(server, "slow readers", count * BUSY + SLACK) as at_its_height:
        with clients_of(server, count, receive_buffer=4096) as clients:
            for client in clients:
                send_all_it_takes(client, framed(LARGE) * 20_000)
            at_its_height()
            assert eventually(lambda: server.metrics()["meshdns_tcp_connections"] == 1, timeout=20)


def test_one_byte_a_second(start_server):
    count = 300
    server = start_server(ENTRIES, {"limits": {"tcpMessage": "2s"}}, ["--workers", "2"])
    with flood(server, "one byte a second", count * IDLE + SLACK) as at_its_height:
        with clients_of(server, count) as clients:
            start = time.monotonic()
            for byte in framed(QUERY)[:2]:
                for client in clients:
                    client.send(bytes([byte]))
                at_its_height()
                time.sleep(max(0, start + 1 - time.monotonic()))  # the second
            assert all(client.is_closed() for client in clients)
            assert time.monotonic() - start < (10 if SANITIZED else 5)


@pytest.mark.parametrize("sent", [framed(b""), framed(b"") * 8000], ids=["one", "many"])
def test_messages_without_octets(start_server, sent):
    server = start_server(ENTRIES, arguments=["--workers", "2"])
    with flood(server, "messages without octets", SLACK) as at_its_height:
        for _ in range(10):
            with clients_of(server, 100) as clients:
                for client in clients:
                    with contextlib.suppress(ConnectionError):
                        client.send(sent)
                assert all(client.is_closed() for client in clients)
        at_its_height()


def test_ten_thousand_queries_without_reading(start_server):
    count = 20
    server = start_server(ENTRIES, {"limits": {"tcpMessage": "20s"}}, ["--workers", "2"])
    queries = b"".join(framed(message(question("large.bar.global"), id=id)) for id in range(10_000))
    with flood(server, "10,000 queries without reading", count * BUSY + SLACK) as at_its_height:
        with clients_of(server, count) as clients:
            for client in clients[1:]:
                send_all_it_takes(client, queries)
            sender = threading.Thread(target=clients[0].send, args=[queries])
            sender.start()
            at_its_height()
            for id in range(10_000):  # who does read after all gets every answer
                assert fields(clients[0].receive_message()) == (id, 0x8400, 0, (1, 250, 0, 0))
            sender.join()
