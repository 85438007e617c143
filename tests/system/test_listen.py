"""Where the server listens: several addresses, wildcards, and from where replies leave."""

import re
import socket

import pytest

from support.entries import service_entry
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
