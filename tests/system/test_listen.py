"""Where the server listens: several addresses, wildcards, and from where replies leave."""

import concurrent.futures
import re
import signal
import socket

import pytest

from support.entries import manifest, service_entry
from support.meshdns import Server
from support.wire import TcpClient, UdpClient, fields, message, question

ENTRIES = [service_entry("a", "a.bar.global", ["240.0.0.1"])]


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


IPV6 = has_ipv6()
ADDRESSES = ["127.0.0.1", "0.0.0.0", *(["[::]", "[::1]"] if IPV6 else [])]
ARGUMENTS = [argument for address in ADDRESSES for argument in ("--listen", f"{address}:0")]

# the address that is listened on, one that is asked
ASKED = [
    ("127.0.0.1", "127.0.0.1"),
    ("0.0.0.0", "127.0.0.1"),
    ("0.0.0.0", "127.0.0.2"),
    ("0.0.0.0", "127.1.2.3"),
    *([("[::]", "::1"), ("[::1]", "::1")] if IPV6 else []),
]


def port_of(server, address):
    return int(server.wait_for_log(re.compile(re.escape(f"listening on {address}:") + r"(\d+) \(UDP and TCP\)"))[1])


@pytest.mark.parametrize("kind", [UdpClient, TcpClient])
@pytest.mark.parametrize("listened,asked", ASKED)
def test_a_reply_leaves_from_the_address_that_was_asked(server, listened, asked, kind):
    with kind(port_of(server, listened), asked) as client:  # a connected socket takes it from nowhere else
        assert [fields(client.ask(message(question("a.bar.global"), id=id)))[0] for id in range(5)] == list(range(5))


def test_families_are_counted(server):
    before = server.metrics()
    with UdpClient(port_of(server, "0.0.0.0"), "127.0.0.2") as client:
        client.ask(message(question("a.bar.global")))
    if IPV6:
        with TcpClient(port_of(server, "[::]"), "::1") as client:
            client.ask(message(question("a.bar.global")))
    after = server.metrics()
    for labels, expected in (('proto="udp",family="4",type="A"', 1), ('proto="tcp",family="6",type="A"', int(IPV6))):
        sample = f"meshdns_dns_requests_total{{{labels}}}"
        assert after.get(sample, 0) - before.get(sample, 0) == expected


def test_the_name_servers_address_is_where_the_server_listens(server):
    assert [rdata.to_text() for rdata in server.query("ns.dns.global", "A").answer[0]] == ["127.0.0.1"]
    if IPV6:
        assert [rdata.to_text() for rdata in server.query("ns.dns.global", "AAAA").answer[0]] == ["::1"]


def ask_until_refused(port, address):
    """16 queries at a time. Returns how many were neither answered nor refused, so that their sender waited in vain."""
    with UdpClient(port, address) as client:
        while True:
            unanswered = 0
            try:
                for _ in range(16):
                    client.send(message(question("a.bar.global")))
                    unanswered += 1
                while unanswered:
                    client.receive()
                    unanswered -= 1
            except ConnectionRefusedError:
                return 0
            except TimeoutError:
                return unanswered


def test_at_the_end_a_query_is_answered_or_refused(tmp_path):
    (tmp_path / "entries.yaml").write_text(manifest(*ENTRIES))
    for _ in range(10):
        with Server("--from", tmp_path / "entries.yaml", *ARGUMENTS, directory=tmp_path,
                    config={"lameduck": "100ms", "workers": 2}) as server:
            with concurrent.futures.ThreadPoolExecutor(len(ASKED)) as pool:
                clients = [pool.submit(ask_until_refused, port_of(server, listened), asked) for listened, asked in ASKED]
                server.signal(signal.SIGTERM)
                assert [client.result() for client in clients] == [0] * len(ASKED)
            assert server.wait() == 0
