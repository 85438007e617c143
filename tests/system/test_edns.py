"""EDNS (RFC 6891) and extended errors (RFC 8914)."""

import struct

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import pytest

from support.entries import service_entry
from support.meshdns import ede_codes, rcode
from support.wire import AA, QR, UdpClient, fields, message, opt, question

ENTRIES = [
    service_entry("a", "a.bar.global", ["240.0.0.1"]),
    service_entry("thirty", "thirty.bar.global", [f"240.0.1.{i}" for i in range(1, 31)]),  # 512 < response < 1232
]

GOOD = question("a.bar.global")
NOERROR, FORMERR = 0, 1


def option(code, data=b"", size=None):
    return struct.pack(">HH", code, len(data) if size is None else size) + data


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


@pytest.mark.parametrize("name,options,expected", [
    ("example.org", {"use_edns": 0}, [20]),
    ("example.org", {}, []),
    ("a.bar.global", {"use_edns": 0}, []),
    ("none.bar.global", {"use_edns": 0}, []),
])
def test_extended_errors(server, name, options, expected):
    answer = server.query(name, **options)
    assert ede_codes(answer) == expected
    assert (answer.edns >= 0) == bool(options)


def test_an_opt_may_stand_among_other_records(server):
    other = b"\0" + struct.pack(">HHIH", 65280, 1, 0, 3) + b"abc"
    with UdpClient(server.dns_port) as client:
        _, flags, code, counts = fields(client.ask(message(GOOD, additional=[other, opt(), other])))
    assert (flags, code, counts) == (QR | AA, NOERROR, (1, 1, 0, 1))
