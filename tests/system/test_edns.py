"""EDNS (RFC 6891) and extended errors (RFC 8914)."""

import struct

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import pytest

from support.entries import service_entry
from support.meshdns import ede_codes, rcode
from support.wire import AA, QR, TcpClient, UdpClient, fields, message, opt, option, options, question

ENTRIES = [
    service_entry("a", "a.bar.global", ["240.0.0.1"]),
    service_entry("thirty", "thirty.bar.global", [f"240.0.1.{i}" for i in range(1, 31)]),  # 512 < response < 1232
]

CONFIG = {"identity": {"nsid": "east-1"}, "limits": {"tcpIdle": "12s"}}

NSID, KEEPALIVE, PADDING, EDE = 3, 11, 12, 15
GOOD = question("a.bar.global")
NOERROR, FORMERR, NOTIMP = 0, 1, 4


# what, the additional section, rcode
OPTS = [
    ("none", [], "NOERROR"),
    ("one", [opt()], "NOERROR"),
    ("version 1", [opt(version=1)], "BADVERS"),
    ("version 255", [opt(version=255)], "BADVERS"),
    ("an unknown option", [opt(options=option(65001, b"hello"))], "NOERROR"),
    ("an empty option", [opt(options=option(65001))], "NOERROR"),
    ("many options", [opt(options=option(65001, b"x") * 100)], "NOERROR"),
    ("an NSID request", [opt(options=option(3))], "NOERROR"),
    ("padding", [opt(options=option(12, b"\0" * 64))], "NOERROR"),
    ("two", [opt(), opt()], "FORMERR"),
    ("an owner that is not the root", [opt(owner=b"\x01a\0")], "FORMERR"),
    ("an owner by pointer", [opt(owner=b"\xc0\x0c")], "FORMERR"),
    ("an option that overruns", [opt(options=option(65001, b"x", 2))], "FORMERR"),
    ("an option that overruns, of version 1", [opt(version=1, options=option(65001, b"x", 2))], "BADVERS"),
    ("half an option", [opt(options=b"\0\x03\0")], "FORMERR"),
    ("a record that is cut", [opt()[:-1]], "FORMERR"),
    ("RDATA that is cut", [opt()[:-2] + b"\0\x05x"], "FORMERR"),
]

# the size that the client says, the limit that holds
SIZES = [(0, 512), (1, 512), (511, 512), (512, 512), (1231, 1231), (1232, 1232), (1233, 1232), (4096, 1232), (65535, 1232)]


@pytest.mark.parametrize("additional,code", [case[1:] for case in OPTS], ids=[case[0] for case in OPTS])
def test_opt(server, additional, code):
    with UdpClient(server.dns_port) as client:
        response = client.ask(message(GOOD, additional=additional))
    answer = dns.message.from_wire(response)
    assert rcode(answer) == code
    assert bool(answer.flags & dns.flags.AA) == (code == "NOERROR")
    assert bool(answer.answer) == (code == "NOERROR")
    if code != "FORMERR":
        assert answer.edns == (0 if additional else -1)
    if answer.edns >= 0:
        assert answer.payload == 1232


@pytest.mark.parametrize("flags,expected", [(0, 0), (0x8000, 0x8000), (0x7fff, 0), (0xffff, 0x8000)])
def test_do_is_copied_and_other_flags_are_not(server, flags, expected):
    with UdpClient(server.dns_port) as client:
        answer = dns.message.from_wire(client.ask(message(GOOD, additional=[opt(flags=flags)])))
    assert answer.ednsflags & 0xffff == expected


@pytest.mark.parametrize("said,limit", SIZES)
def test_size(server, said, limit):
    size = len(server.query("thirty.bar.global", tcp=True, use_edns=0).to_wire())
    assert 512 < size < 1231
    answer = server.query("thirty.bar.global", use_edns=0, payload=said)
    assert bool(answer.flags & dns.flags.TC) == (size > limit)


@pytest.mark.parametrize("name,how,expected", [
    ("example.org", {"use_edns": 0}, [20]),
    ("example.org", {}, []),
    ("a.bar.global", {"use_edns": 0}, []),
    ("none.bar.global", {"use_edns": 0}, []),
    ("a.bar.global", {"use_edns": 0, "rdclass": "CH"}, [18]),  # prohibited
    ("a.bar.global", {"use_edns": 0, "rdclass": "HS"}, [20]),
])
def test_extended_errors(server, name, how, expected):
    answer = server.query(name, **how)
    assert ede_codes(answer) == expected
    assert (answer.edns >= 0) == bool(how)


@pytest.mark.parametrize("opcode", [1, 2, 4, 5, 6, 15])
def test_an_unknown_opcode_says_not_supported(server, opcode):
    with UdpClient(server.dns_port) as client:
        response = client.ask(message(GOOD, flags=opcode << 11, additional=[opt()]))
    assert response == message(GOOD, flags=QR | opcode << 11 | NOTIMP, additional=[opt(options=option(EDE, b"\0\x15"))])


# what is asked for, what comes over UDP and over TCP: code → octets; None: FORMERR
ASKED = [
    ("nothing", b"", {}, {}),
    ("NSID", option(NSID), {NSID: b"east-1"}, {NSID: b"east-1"}),
    ("NSID with something in it", option(NSID, b"x"), {NSID: b"east-1"}, {NSID: b"east-1"}),
    ("keepalive", option(KEEPALIVE), {}, {KEEPALIVE: b"\0\x78"}),
    ("keepalive with a timeout", option(KEEPALIVE, b"\0\1"), {}, None),
    ("padding", option(PADDING, b"\0" * 20), {}, {}),
    ("two", option(KEEPALIVE) + option(NSID), {NSID: b"east-1"}, {NSID: b"east-1", KEEPALIVE: b"\0\x78"}),
]


@pytest.mark.parametrize("asked,udp,tcp", [case[1:] for case in ASKED], ids=[case[0] for case in ASKED])
def test_options(server, asked, udp, tcp):
    for kind, expected in ((UdpClient, udp), (TcpClient, tcp)):
        with kind(server.dns_port) as client:
            answer = dns.message.from_wire(client.ask(message(GOOD, additional=[opt(options=asked)])))
        assert rcode(answer) == ("FORMERR" if expected is None else "NOERROR")
        assert options(answer) == (expected or {})


def test_nsid_is_not_told_where_it_is_not_configured(start_server):
    server = start_server(ENTRIES)
    with UdpClient(server.dns_port) as client:
        answer = dns.message.from_wire(client.ask(message(GOOD, additional=[opt(options=option(NSID))])))
    assert (rcode(answer), options(answer)) == ("NOERROR", {})


def test_an_opt_may_stand_among_other_records(server):
    other = b"\0" + struct.pack(">HHIH", 65280, 1, 0, 3) + b"abc"
    with UdpClient(server.dns_port) as client:
        _, flags, code, counts = fields(client.ask(message(GOOD, additional=[other, opt(), other])))
    assert (flags, code, counts) == (QR | AA, NOERROR, (1, 1, 0, 1))
