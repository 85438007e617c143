"""TCP (RFC 7766): framing, pipelining, deadlines, limits, and clients that misbehave."""

import random
import time

import pytest

from support.entries import service_entry
from support.process import eventually
from support.wire import TcpClient, UdpClient, fields, framed, message, question

ENTRIES = [
    service_entry("a", "a.bar.global", ["240.0.0.1"]),
    service_entry("large", "large.bar.global", [f"240.0.0.{i}" for i in range(1, 251)]),  # 4 KB
]
IDLE, MESSAGE = 0.6, 0.3  # seconds
LIMITS = {"tcpIdle": f"{IDLE * 1000:.0f}ms", "tcpMessage": f"{MESSAGE * 1000:.0f}ms"}
CONFIG = {"limits": {"tcpIdle": "30s", "tcpMessage": "2s"}}

QUERY = message(question("a.bar.global"))
LARGE = message(question("large.bar.global"))


def answers(client):
    """Whether the connection still answers."""
    return fields(client.ask(QUERY))[0] == 4711


def test_pipelining(server):
    with TcpClient(server.dns_port) as client:
        client.send(b"".join(framed(message(question("a.bar.global"), id=id)) for id in range(500)))
        assert sorted(fields(client.receive_message())[0] for _ in range(500)) == list(range(500))


def test_a_message_may_come_byte_by_byte(server):
    with TcpClient(server.dns_port) as client:
        for byte in framed(QUERY) + framed(QUERY):
            client.send(bytes([byte]))
        assert [fields(client.receive_message())[0] for _ in range(2)] == [4711, 4711]


def test_half_close_gets_all_answers(server):
    with TcpClient(server.dns_port) as client:
        client.send(framed(QUERY) * 20)
        client.end_sending()
        for _ in range(20):
            client.receive_message()
        assert client.is_closed()


def test_half_close_before_replies_are_taken(server):
    with TcpClient(server.dns_port, receive_buffer=4096) as client:
        client.send(framed(LARGE) * 500)  # 2 MB: more than the server's socket takes
        client.end_sending()
        for _ in range(500):
            client.receive_message()
        assert client.is_closed()


def test_half_close_within_a_message(server):
    with TcpClient(server.dns_port) as client:
        client.send(framed(QUERY) + framed(QUERY)[:-1])
        client.end_sending()
        client.receive_message()
        assert client.is_closed()


@pytest.mark.parametrize("what,sent", [
    ("a message without octets", framed(b"")),
    ("a message under 12 octets", framed(b"x" * 11)),
    ("a response", framed(message(question("a.bar.global"), flags=0x8000))),
])
def test_what_deserves_no_answer_is_closed(server, what, sent):
    with TcpClient(server.dns_port) as client:
        client.send(sent)
        assert client.is_closed()


def test_the_largest_message(server):
    with TcpClient(server.dns_port) as client:
        assert fields(client.ask(QUERY + bytes(65535 - len(QUERY))))[2] == 1  # trailing bytes: FORMERR
        assert answers(client)


def test_garbage_ends_or_waits_and_others_are_answered(server):
    noise = random.Random(1)
    clients = [TcpClient(server.dns_port) for _ in range(20)]
    for client in clients:
        client.send(noise.randbytes(2000))
    with TcpClient(server.dns_port) as other:
        assert answers(other)
    for client in clients:
        client.socket.close()


def test_a_reset_connection_is_no_matter(server):
    for _ in range(20):
        client = TcpClient(server.dns_port)
        client.send(framed(LARGE) * 20)
        client.socket.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SO_LINGER of 0: close() resets
        client.socket.close()
    with TcpClient(server.dns_port) as other:
        assert answers(other)


def resident_kilobytes(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def flood(client):
    """Asks for far more than the buffers of both ends take."""
    for _ in range(4_000):
        client.send(framed(LARGE) * 500)  # 16 KB that ask for 2 MB


def test_a_slow_reader_blocks_nobody_and_takes_no_memory(server):
    before = resident_kilobytes(server.pid)
    slow = TcpClient(server.dns_port, receive_buffer=4096, timeout=1)
    try:
        with pytest.raises((TimeoutError, ConnectionError)):  # the server stops reading, or closes, at some time
            flood(slow)
        with TcpClient(server.dns_port) as other, UdpClient(server.dns_port) as datagrams:
            assert answers(other)
            assert fields(datagrams.ask(QUERY))[0] == 4711
        assert resident_kilobytes(server.pid) - before < 32 * 1024
    finally:
        slow.socket.close()


def closing_time(client):
    """Seconds until the server closes."""
    start = time.monotonic()
    assert client.is_closed()
    return time.monotonic() - start


def test_an_idle_connection_is_closed(start_server):
    server = start_server(ENTRIES, {"limits": LIMITS})
    with TcpClient(server.dns_port) as silent:
        assert IDLE * 0.8 < closing_time(silent) < IDLE + 5
    with TcpClient(server.dns_port) as client:
        assert answers(client)
        assert IDLE * 0.8 < closing_time(client) < IDLE + 5


def test_a_message_has_a_deadline_that_trickling_does_not_move(start_server):
    server = start_server(ENTRIES, {"limits": {**LIMITS, "tcpIdle": "30s"}})
    with TcpClient(server.dns_port) as client:
        client.send(framed(QUERY)[:-1])
        assert MESSAGE * 0.8 < closing_time(client) < MESSAGE + 5
    with TcpClient(server.dns_port, timeout=0.03) as client:
        start = time.monotonic()
        with pytest.raises(ConnectionError):
            for byte in framed(b"x" * 1000):
                client.send(bytes([byte]))
                try:
                    if client.is_closed():
                        raise ConnectionError
                except TimeoutError:
                    pass
        assert time.monotonic() - start < MESSAGE + 5


def test_replies_that_are_not_taken_have_a_deadline(start_server):
    server = start_server(ENTRIES, {"limits": {**LIMITS, "tcpIdle": "30s"}})
    with TcpClient(server.dns_port, receive_buffer=4096) as slow:
        with pytest.raises(ConnectionError):
            flood(slow)
    assert eventually(lambda: server.metrics()["meshdns_tcp_connections"] == 0)


@pytest.mark.parametrize("limits,sources", [
    ({"tcpPerClient": 4}, ["127.0.0.1"] * 4),
    ({"tcpConnections": 4}, ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"]),
], ids=["a client", "in all"])
def test_beyond_the_limit_the_longest_idle_is_closed(start_server, limits, sources):
    server = start_server(ENTRIES, {"limits": limits}, ["--workers", "3"])
    clients = [TcpClient(server.dns_port, source=source) for source in sources]
    for client in clients:
        assert answers(client)
    assert answers(clients[0])  # so the second is the longest idle
    with TcpClient(server.dns_port, source=sources[0]) as late:
        assert answers(late)
        assert clients[1].is_closed()
        for client in (clients[0], clients[2], clients[3]):
            assert answers(client)
    assert server.metrics()["meshdns_tcp_refused_total"] == 1
    for client in clients:
        client.socket.close()


def test_many_more_connections_than_the_limit(start_server):
    server = start_server(ENTRIES, {"limits": {"tcpConnections": 8, "tcpPerClient": 8}}, ["--workers", "2"])
    clients = []
    for i in range(100):
        clients.append(TcpClient(server.dns_port))
        if i % 3 == 0:
            clients[-1].send(framed(QUERY)[:5])
    assert eventually(lambda: server.metrics()["meshdns_tcp_connections"] <= 8)
    with UdpClient(server.dns_port) as datagrams:
        assert fields(datagrams.ask(QUERY))[0] == 4711
    for client in clients:
        client.socket.close()
    assert eventually(lambda: server.metrics()["meshdns_tcp_connections"] == 0)
    with TcpClient(server.dns_port) as client:
        assert answers(client)


def test_another_clients_limit_is_its_own(start_server):
    server = start_server(ENTRIES, {"limits": {"tcpPerClient": 2}}, ["--workers", "1"])
    first = [TcpClient(server.dns_port, source="127.0.0.1") for _ in range(2)]
    others = [TcpClient(server.dns_port, source="127.0.0.2") for _ in range(2)]
    for client in first + others:
        assert answers(client)
        client.socket.close()
