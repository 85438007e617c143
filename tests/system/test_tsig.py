"""TSIG (RFC 8945): the server has no keys, and says so."""

import shutil
import struct
import subprocess

import dns.message
import dns.query
import dns.tsig
import dns.tsigkeyring
import dns.update
import pytest

from support.entries import service_entry
from support.wire import QR, TcpClient, UdpClient, fields, message, name, opt, question

ENTRIES = [service_entry("a", "a.bar.global", ["240.0.0.1"])]
KEYRING = dns.tsigkeyring.from_text({"transfer.example.": "aGVsbG8gd29ybGQ="})

GOOD = question("a.bar.global")
FORMERR, NOTAUTH = 1, 9
SIGNED = bytes.fromhex("0000689abcde012c")  # time signed, fudge


def tsig(owner=name("key"), algorithm=name("hmac-sha256"), signed=SIGNED, mac=b"m" * 32, tail=None, rdclass=255, id=4711):
    rdata = algorithm + signed + struct.pack(">H", len(mac)) + mac + (tail or struct.pack(">3H", id, 0, 0))
    return owner + struct.pack(">HHIH", 250, rdclass, 0, len(rdata)) + rdata


def bad_key(owner=name("key"), algorithm=name("hmac-sha256"), id=4711):
    return tsig(owner, algorithm, SIGNED, b"", struct.pack(">3H", id, 17, 0))


# what, the additional section, the response's
UNKNOWN = [
    ("alone", [tsig()], [bad_key()]),
    ("behind an OPT", [opt(), tsig()], [opt(), bad_key()]),
    ("a key in capitals", [tsig(owner=name("KEY"))], [bad_key(owner=name("KEY"))]),
    ("a compressed key", [tsig(owner=b"\x03key\xc0\x0c")], [bad_key(owner=name("key.a.bar.global"))]),
    ("an unknown algorithm", [tsig(algorithm=name("x.y"))], [bad_key(algorithm=name("x.y"))]),
    ("an original ID", [tsig(id=7)], [bad_key(id=7)]),
    ("no MAC", [tsig(mac=b"")], [bad_key()]),
    ("EDNS 1", [opt(version=1), tsig()], [opt(), bad_key()]),
]

MALFORMED = [
    ("before an OPT", [tsig(), opt()]),
    ("twice", [tsig(), tsig()]),
    ("class IN", [tsig(rdclass=1)]),
    ("a compressed algorithm", [tsig(algorithm=b"\xc0\x0c")]),
    ("no time", [tsig(signed=b"")]),
    ("other data that overruns", [tsig(tail=struct.pack(">3H", 1, 0, 5))]),
    ("a key that points to itself", [tsig(owner=b"\xc0" + bytes([12 + len(GOOD)]))]),
    ("a key that points forward", [tsig(owner=b"\xc0\xff")]),
]


@pytest.mark.parametrize("kind", [UdpClient, TcpClient])
@pytest.mark.parametrize("additional,expected", [case[1:] for case in UNKNOWN], ids=[case[0] for case in UNKNOWN])
def test_an_unknown_key(server, kind, additional, expected):
    with kind(server.dns_port) as client:
        response = client.ask(message(GOOD, additional=additional))
    assert response == message(GOOD, flags=QR | NOTAUTH, additional=expected)


@pytest.mark.parametrize("additional", [case[1] for case in MALFORMED], ids=[case[0] for case in MALFORMED])
def test_malformed(server, additional):
    with UdpClient(server.dns_port) as client:
        id, flags, code, counts = fields(client.ask(message(GOOD, additional=additional)))
    assert (id, flags, code, counts[:3]) == (4711, QR, FORMERR, (1, 0, 0))


@pytest.mark.parametrize("section", [1, 2])
def test_in_another_section(server, section):
    counts = [1, 0, 0, 0]
    counts[section] = 1
    with UdpClient(server.dns_port) as client:
        assert fields(client.ask(message(GOOD, additional=[tsig()], counts=counts)))[2] == FORMERR


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize("rdtype", ["A", "SOA", "AXFR", "IXFR"])
def test_dnspython_learns_that_its_key_is_unknown(server, rdtype, tcp):
    query = dns.message.make_query("global", rdtype)
    query.use_tsig(KEYRING)
    with pytest.raises(dns.tsig.PeerBadKey):
        (dns.query.tcp if tcp else dns.query.udp)(query, "127.0.0.1", port=server.dns_port, timeout=5)


def test_an_update_learns_it_too(server):
    update = dns.update.UpdateMessage("global", keyring=KEYRING)
    update.add("x", 300, "A", "192.0.2.1")
    with pytest.raises(dns.tsig.PeerBadKey):
        dns.query.tcp(update, "127.0.0.1", port=server.dns_port, timeout=5)


@pytest.mark.skipif(shutil.which("dig") is None, reason="no dig")
@pytest.mark.parametrize("what", [["a.bar.global"], ["+tcp", "a.bar.global"], ["global", "AXFR"]])
def test_dig_learns_it_too(server, what):
    said = subprocess.run(["dig", "@127.0.0.1", "-p", str(server.dns_port), "-y", "hmac-sha256:key:aGVsbG8gd29ybGQ=",
                           "+tries=1", *what], capture_output=True, text=True, timeout=20).stdout
    assert "BADKEY" in said, said
