"""Zone transfers: AXFR (RFC 5936) and IXFR (RFC 1995) over TCP, from one consistent image of the zone."""

import re
import socket
import struct
import subprocess

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.zone
import pytest

from support.entries import manifest, replace, service_entry
from support.meshdns import ede_codes, rcode, records
from support.process import eventually
from support.wire import TcpClient, UdpClient, fields, message, opt, question

NAMES = 3000  # some 100 KB in several messages

ENTRIES = [service_entry(f"e{i}", [f"h{i}.bar.global"], [f"240.0.{i // 250}.{i % 250}"]) for i in range(NAMES)] + [
    service_entry("several", ["several.bar.global"], ["10.0.0.1", "10.0.0.2", "2001:db8::1"]),
    service_entry("wild", ["*.w.global"], ["10.0.0.9"]),
]
CONFIG = {
    "transfer": {"allow": ["127.0.0.1", "127.1.0.0/16"]},
    "zones": [{"name": "global", "nameservers": [{"name": "ns.dns.global", "addresses": ["192.0.2.53"]}]}],
}
AXFR, IXFR, SOA = 252, 251, 6
QUERY = message(question("global", AXFR))
PLAIN = message(question("several.bar.global"), id=99)


def expected():
    """Owner, type, data of all that the zone holds but SOA."""
    wanted = {(f"h{i}.bar.global.", "A", f"240.0.{i // 250}.{i % 250}") for i in range(NAMES)}
    return wanted | {("several.bar.global.", "A", "10.0.0.1"), ("several.bar.global.", "A", "10.0.0.2"),
                     ("several.bar.global.", "AAAA", "2001:db8::1"), ("*.w.global.", "A", "10.0.0.9"),
                     ("global.", "NS", "ns.dns.global."), ("ns.dns.global.", "A", "192.0.2.53")}


def transfer(port, zone="global", **options):
    """The messages, as dnspython takes them; it checks ID, question, and the SOAs at both ends."""
    options = {"lifetime": 20, "relativize": False, **options}
    return list(dns.query.xfr("127.0.0.1", zone, port=port, **options))


def contents(messages):
    return [(rrset.name.to_text(), dns.rdatatype.to_text(rrset.rdtype), rdata.to_text())
            for each in messages for rrset in each.answer for rdata in rrset]


def read_transfer(client):
    """The messages of a transfer, byte by byte, up to the second SOA."""
    messages, soas = [], 0
    while soas < 2:
        messages.append(client.receive_message())
        parsed = dns.message.from_wire(messages[-1], one_rr_per_rrset=True)
        soas += sum(rrset.rdtype == SOA for rrset in parsed.answer)
    return messages


def soa(server):
    return server.query("global", "SOA").answer[0][0]


def test_a_transfer_is_the_zone(server):
    messages = transfer(server.dns_port)
    found = contents(messages)
    assert found[0] == found[-1] == ("global.", "SOA", soa(server).to_text())
    assert len(found[1:-1]) == len(set(found[1:-1]))
    assert set(found[1:-1]) == expected()
    assert len(messages) > 3
    for each in messages:
        assert each.flags == 0x8500 and not each.authority and not each.additional


def test_dig_and_dnspython_take_it(server):
    zone = dns.zone.from_xfr(dns.query.xfr("127.0.0.1", "global", port=server.dns_port, lifetime=20))
    assert len(zone.nodes) == NAMES + 4
    dig = subprocess.run(["dig", "@127.0.0.1", "-p", str(server.dns_port), "global", "AXFR"], capture_output=True,
                         text=True, timeout=30)
    assert dig.returncode == 0
    assert f"XFR size: {NAMES + 8} records" in dig.stdout


def test_the_log_tells(server):
    transfer(server.dns_port)
    server.wait_for_log(re.compile(rf"transfer of zone global to 127\.0\.0\.1:\d+ done: serial {soa(server).serial}, "
                                   rf"{NAMES + 8} records, (\d+) of \1 octets, [\d.]+ s"))


@pytest.mark.parametrize("source,allowed", [("127.0.0.1", True), ("127.1.2.3", True), ("127.2.0.1", False)])
@pytest.mark.parametrize("query", [QUERY, message(question("global", IXFR), opt(), counts=(1, 0, 0, 1))],
                         ids=["AXFR", "IXFR"])
def test_who_may(server, source, allowed, query):
    with TcpClient(server.dns_port, source=source) as client:
        _, flags, code, counts = fields(client.ask(query))
        if not allowed:
            assert (flags, code, counts[1]) == (0x8000, dns.rcode.REFUSED, 0)
        else:
            assert code == (dns.rcode.NOERROR if query == QUERY else dns.rcode.FORMERR)  # the IXFR says no serial


def test_nobody_may_by_default(start_server):
    server = start_server()
    answer = server.query("global", "AXFR", tcp=True, use_edns=True)
    assert rcode(answer) == "REFUSED" and ede_codes(answer) == [18]
    assert not answer.flags & 0x0400


@pytest.mark.parametrize("asked", ["bar.global", "several.bar.global", "nobody.global", "example.org", "."])
@pytest.mark.parametrize("qtype", [AXFR, IXFR])
def test_what_is_no_apex_of_ours(server, asked, qtype):
    with TcpClient(server.dns_port) as client:
        _, flags, code, counts = fields(client.ask(message(question(asked, qtype))))
        assert (flags, code, counts[1]) == (0x8000, dns.rcode.NOTAUTH, 0)


def test_over_udp(server):
    with UdpClient(server.dns_port) as client:
        assert fields(client.ask(QUERY))[2] == dns.rcode.FORMERR


def ixfr(serial):
    rdata = b"\0\0" + struct.pack(">5I", serial % 2**32, 1, 1, 1, 1)
    record = b"\xc0\x0c" + struct.pack(">HHIH", SOA, 1, 0, len(rdata)) + rdata
    return message(question("global", IXFR), record, counts=(1, 0, 1, 0))


@pytest.mark.parametrize("behind,whole", [(0, False), (-1, False), (1 - 2**31, False), (1, True), (2**31 - 1, True)])
def test_ixfr(server, behind, whole):
    with TcpClient(server.dns_port) as client:
        client.send_message(ixfr(soa(server).serial - behind))
        if whole:
            messages = read_transfer(client)
            assert all(dns.message.from_wire(each).question[0].rdtype == IXFR for each in messages)
            assert len(contents(dns.message.from_wire(each) for each in messages)) == NAMES + 8
        else:
            answer = dns.message.from_wire(client.receive_message())
            assert contents([answer]) == [("global.", "SOA", soa(server).to_text())]
            assert answer.flags == 0x8400
        assert fields(client.ask(PLAIN))[0] == 99  # nothing else comes


@pytest.mark.parametrize("authority,counts", [
    (b"", (1, 0, 0, 0)),
    (b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + b"abcd", (1, 0, 1, 0)),
    (b"\xc0\x0c" + struct.pack(">HHIH", SOA, 1, 0, 4) + b"abcd", (1, 0, 1, 0)),
    (b"\xc0\x0c" + struct.pack(">HHIH", SOA, 1, 0, 22) + b"\0" * 22, (1, 1, 0, 0)),
], ids=["none", "an address", "a short one", "in the wrong section"])
def test_ixfr_without_a_soa(server, authority, counts):
    with TcpClient(server.dns_port) as client:
        answer = client.ask(message(question("global", IXFR), authority, counts=counts))
        assert fields(answer)[2] == dns.rcode.FORMERR


def test_edns_and_the_questions_case(server):
    with TcpClient(server.dns_port) as client:
        client.send_message(message(question("gLoBaL", AXFR), flags=0x0110, additional=[opt(flags=0x8000)], id=7))
        messages = read_transfer(client)
    for number, each in enumerate(messages):
        assert fields(each)[:3] == (7, 0x8510, 0)  # AA, RD and CD as they came
        assert each[12:].startswith(question("gLoBaL", AXFR))
        parsed = dns.message.from_wire(each)
        assert (parsed.edns, bool(parsed.ednsflags & 0x8000)) == ((0, True) if number == 0 else (-1, False))


def test_what_is_asked_behind_a_transfer_is_answered_behind_it(server):
    with TcpClient(server.dns_port) as client:
        for query in (PLAIN, QUERY, PLAIN, QUERY, PLAIN):
            client.send_message(query)
        client.end_sending()
        for number in range(5):
            if number % 2 == 0:
                assert fields(client.receive_message())[0] == 99
            else:
                assert {fields(each)[0] for each in read_transfer(client)} == {4711}
        assert client.is_closed()


def test_many_at_once(server):
    clients = [TcpClient(server.dns_port) for _ in range(8)]
    for client in clients:
        client.send_message(QUERY)
    for client in clients:
        found = contents(dns.message.from_wire(each) for each in read_transfer(client))
        assert len(found) == NAMES + 8
        client.socket.close()


def test_a_client_that_goes_away(start_server):
    server = start_server(LARGE, CONFIG)
    for wait in (True, False):
        client = TcpClient(server.dns_port, receive_buffer=4096, segment=1400, timeout=60)
        client.send_message(QUERY)
        if wait:
            client.receive_message()
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close() resets
        client.socket.close()
    server.wait_for_log(re.compile(r"transfer of zone global to \S+ broke off: serial"))
    assert contents(transfer(server.dns_port))
    assert eventually(lambda: server.metrics()["meshdns_tcp_connections"] == 0)


# 15 MB, more than the sockets' buffers hold, from few objects: each of their hosts has all of their addresses.
LARGE = [service_entry(f"large{e}", [f"h{h}.l{e}.global" for h in range(60)],
                       [f"2001:db8::{i}" for i in range(1, 257)]) for e in range(35)]


def tells(server, pattern, within):
    try:
        return server.wait_for_log(re.compile(pattern), timeout=within)
    except AssertionError:
        return None


def test_a_reader_that_takes_nothing_is_closed_and_a_slow_one_is_not(start_server):
    server = start_server(LARGE, {**CONFIG, "limits": {"tcpMessage": "2s"}})
    # Segments as on Ethernet: with loopback's, of 64 KB, the kernel drops what does not fit a small buffer, and waits for seconds.
    with TcpClient(server.dns_port, receive_buffer=1 << 17, segment=1400, timeout=60) as slow, \
            TcpClient(server.dns_port, receive_buffer=4096) as dead:
        for client in (slow, dead):
            client.send_message(QUERY)
        with TcpClient(server.dns_port) as other:
            assert fields(other.ask(PLAIN))[0] == 99
        taken = 0
        while not tells(server, "broke off", within=0.1):
            assert (piece := slow.socket.recv(100_000))
            taken += len(piece)
        slow.end_sending()
        while piece := slow.socket.recv(1 << 20):
            taken += len(piece)
    assert taken == int(server.wait_for_log(re.compile(r"done: .*, (\d+) of \1 octets"))[1])


def test_a_transfer_is_of_one_moment(start_server, tmp_path):
    """While an entry's addresses change with every batch, and others with it, each transfer has one batch's data and its serial."""
    def entries(round):
        return [service_entry(f"e{i}", [f"h{i}.bar.global"], [f"10.0.{round // 250}.{round % 250}"]) for i in range(500)]

    server = start_server(entries(0), CONFIG)
    seen = {}
    for round in range(1, 15):
        replace(tmp_path / "entries" / "entries.yaml", manifest(*entries(round)))
        for _ in range(3):
            found = contents(transfer(server.dns_port))
            addresses = {data for owner, kind, data in found if owner.startswith("h") and kind == "A"}
            assert len(addresses) == 1 and len(found) == 504
            serial = found[0][2].split()[2]
            assert seen.setdefault(serial, addresses) == addresses
    assert len(seen) > 1


def test_how_many_states_are_transferred_at_once(start_server, tmp_path):
    server = start_server(LARGE, {**CONFIG, "limits": {"tcpMessage": "1h"}})

    def reader_of_state(number):
        replace(tmp_path / "entries" / "entries.yaml",
                manifest(*LARGE, service_entry("state", ["state.bar.global"], [f"10.0.0.{number}"])))
        eventually(lambda: records(server.query("state.bar.global")) == [f"10.0.0.{number}"])
        client = TcpClient(server.dns_port, receive_buffer=4096, segment=1400, timeout=60)
        client.send_message(QUERY)
        return client, fields(client.receive_message())[2]

    readers = [reader_of_state(number) for number in range(1, 6)]
    assert [code for _, code in readers] == [dns.rcode.NOERROR] * 4 + [dns.rcode.SERVFAIL]
    server.wait_for_log(re.compile("no transfer of zone global: 4 states of zones are being transferred already"))
    readers.pop(0)[0].socket.close()
    assert eventually(lambda: rcode(server.query("global", "AXFR", tcp=True)) == "NOERROR")
    for client, _ in readers:
        client.socket.close()


FILE = """$TTL 300
@        SOA    ns.example hostmaster.example 7 7200 900 1209600 300
@        NS     ns.example
@        MX     10 mail.example
ns.example  A   192.0.2.53
mail.example A  192.0.2.25
         AAAA   2001:db8::25
alias.example CNAME mail.example
*.wild.example TXT "one" "two"
old.example DNAME example
under.old.example A 192.0.2.2     ; occluded
sub.example NS  ns.sub.example
         NS     ns.example
         DS     1 8 2 e2d3c916f6deeac73294e8268fb5885044a833fc5459588f4a9184cfc41a5766
ns.sub.example A 192.0.2.3        ; glue
deep.in.sub.example A 192.0.2.4   ; occluded
x.ent.example TYPE65280 \\# 2 abcd
large.example TXT """ + " ".join(f'"{i:0200}"' for i in range(300)) + """
many.example TXT "0"
""" + "".join(f'  TXT "{i:0200}"\n' for i in range(1, 300))


@pytest.mark.parametrize("zone,child", [(".", "example."), ("test.", "example.test.")])
def test_a_zone_of_a_file_with_everything_in_it(start_server, tmp_path, zone, child):
    """And nothing of the zone below it, which the server has, too."""
    (tmp_path / "parent").write_text(FILE)
    (tmp_path / "child").write_text("@ 60 SOA a b 1 2 3 4 5\n@ 60 NS a\na 60 A 192.0.2.1\n")
    server = start_server(config={"transfer": CONFIG["transfer"], "zones": [
        {"name": zone, "file": str(tmp_path / "parent")}, {"name": child, "file": str(tmp_path / "child")}]})
    expected = dns.zone.from_text(FILE, zone, relativize=False)
    assert dns.zone.from_xfr(dns.query.xfr("127.0.0.1", zone, port=server.dns_port, relativize=False, lifetime=20),
                             relativize=False) == expected
    assert len(contents(transfer(server.dns_port, child))) == 4


def test_no_room_for_the_image(start_server, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "missing"))
    server = start_server(ENTRIES[-2:], CONFIG)
    answer = server.query("global", "AXFR", tcp=True, use_edns=True)
    assert rcode(answer) == "SERVFAIL" and not answer.flags & 0x0400
    server.wait_for_log(re.compile(r"no transfer of zone global: cannot make a file in .*missing: No such file"))
    assert records(server.query("several.bar.global")) == ["10.0.0.1", "10.0.0.2"]


def test_ending_while_transfers_run(start_server):
    server = start_server(LARGE, {**CONFIG, "limits": {"tcpMessage": "500ms"}})
    clients = [TcpClient(server.dns_port, receive_buffer=4096, segment=1400, timeout=60) for _ in range(4)]
    for client in clients:
        client.send_message(QUERY)
    clients[0].receive_message()
    assert server.stop() == 0
    for client in clients:
        client.socket.close()
