"""The header and the question, byte by byte: what is dropped, refused as malformed, copied, cleared."""

import pytest

from support.entries import service_entry
from support.wire import AA, AD, CD, QR, RA, RD, TC, Z, TcpClient, UdpClient, fields, message, name, question

ENTRIES = [service_entry("a", "a.bar.global", ["240.0.0.1"])]

GOOD = question("a.bar.global")
NOERROR, FORMERR, NXDOMAIN, NOTIMP, REFUSED = 0, 1, 3, 4, 5
LABEL_63 = "x" * 63
TOO_LONG = b"".join([name(LABEL_63)[:-1]] * 4) + b"\0"  # 257 octets

# a message that is never answered
DROPPED = [
    ("empty", b""),
    ("one byte", b"\0"),
    ("eleven bytes", message(GOOD)[:11]),
    ("a response", message(GOOD, flags=QR)),
    ("a response that is malformed", message(flags=QR, counts=(9, 9, 9, 9))),
]

# what, message, rcode, whether the question comes back
ANSWERED = [
    ("no question", message(), FORMERR, False),
    ("two questions", message(GOOD, GOOD), FORMERR, False),
    ("65535 questions", message(GOOD, counts=(65535, 0, 0, 0)), FORMERR, False),
    ("a question that is not there", message(counts=(1, 0, 0, 0)), FORMERR, False),
    ("a name that ends early", message(b"\x01a\x03ba"), FORMERR, False),
    ("no root label", message(b"\x01a\x03bar"), FORMERR, False),
    ("no type", message(name("a.bar.global")), FORMERR, False),
    ("half a class", message(GOOD[:-1]), FORMERR, False),
    ("a compression pointer", message(b"\xc0\x0c\x00\x01\x00\x01"), FORMERR, False),
    ("a pointer behind a label", message(b"\x01a\xc0\x0c\x00\x01\x00\x01"), FORMERR, False),
    ("a label type of 01", message(b"\x40" + b"x" * 64 + b"\x00\x00\x01\x00\x01"), FORMERR, False),
    ("a label type of 10", message(b"\x80" + b"x" * 128 + b"\x00\x00\x01\x00\x01"), FORMERR, False),
    ("a name over 255 octets", message(TOO_LONG + b"\0\1\0\1"), FORMERR, False),
    ("a label of 63 octets", message(question(LABEL_63 + ".global")), NXDOMAIN, True),
    ("127 labels", message(question("x." * 123 + "global")), NXDOMAIN, True),
    ("a label with a zero octet", message(question("a\0b.global")), NXDOMAIN, True),
    ("octets above 127", message(question("\xff\x80.global")), NXDOMAIN, True),
    ("trailing bytes", message(GOOD) + b"x", FORMERR, True),
    ("an answer that is not there", message(GOOD, counts=(1, 1, 0, 0)), FORMERR, True),
    ("class CH", message(question("version.bind", 16, 3)), REFUSED, True),
    ("class CH in a zone", message(question("a.bar.global", 1, 3)), REFUSED, True),
    ("class ANY", message(question("a.bar.global", 1, 255)), REFUSED, True),
    ("class NONE", message(question("a.bar.global", 1, 254)), REFUSED, True),
    ("class 0", message(question("a.bar.global", 1, 0)), REFUSED, True),
]

# flags of the query, flags of the response
FLAGS = [
    (0, QR | AA),
    (RD, QR | AA | RD),
    (CD, QR | AA | CD),
    (RD | CD, QR | AA | RD | CD),
    (AA | TC | RA | Z | AD, QR | AA),
    (AA | TC | RD | RA | Z | AD | CD, QR | AA | RD | CD),
]


@pytest.mark.parametrize("bad", [bad for _, bad in DROPPED], ids=[what for what, _ in DROPPED])
def test_dropped_over_udp(server, bad):
    with UdpClient(server.dns_port) as client:
        client.send(bad)
        assert fields(client.ask(message(GOOD, id=1)))[0] == 1  # the first reply is that of the next query


@pytest.mark.parametrize("bad", [bad for _, bad in DROPPED], ids=[what for what, _ in DROPPED])
def test_closed_over_tcp(server, bad):
    with TcpClient(server.dns_port) as client:
        client.send_message(bad)
        assert client.is_closed()


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize("asked,code,repeated", [case[1:] for case in ANSWERED], ids=[case[0] for case in ANSWERED])
def test_answered(server, asked, code, repeated, tcp):
    with (TcpClient if tcp else UdpClient)(server.dns_port) as client:
        response = client.ask(asked)
    id, flags, rcode, counts = fields(response)
    assert (id, rcode) == (4711, code)
    assert flags == QR | (AA if code == NXDOMAIN else 0)
    assert counts[0] == (1 if repeated else 0)
    if code != NXDOMAIN:
        assert counts[1:] == (0, 0, 0)
    if repeated and code != FORMERR:
        assert response[12:len(asked)] == asked[12:]


@pytest.mark.parametrize("sent,expected", FLAGS)
def test_flags(server, sent, expected):
    with UdpClient(server.dns_port) as client:
        assert fields(client.ask(message(GOOD, flags=sent)))[:3] == (4711, expected, NOERROR)


@pytest.mark.parametrize("opcode", range(1, 16))
def test_other_opcodes_are_not_implemented(server, opcode):
    with UdpClient(server.dns_port) as client:
        for asked in (message(GOOD, flags=opcode << 11 | RD), message(flags=opcode << 11 | RD)):
            assert fields(client.ask(asked))[:3] == (4711, QR | opcode << 11 | RD, NOTIMP)


@pytest.mark.parametrize("host,code,authoritative", [
    ("a.bar.global", NOERROR, True), ("none.bar.global", NXDOMAIN, True), ("bar.global", NOERROR, True),
    ("example.org", REFUSED, False)])
def test_authoritative(server, host, code, authoritative):
    with UdpClient(server.dns_port) as client:
        _, flags, rcode, _ = fields(client.ask(message(question(host))))
    assert (rcode, bool(flags & AA)) == (code, authoritative)


@pytest.mark.parametrize("id", [0, 1, 0x1234, 0xffff])
def test_the_id_is_copied(server, id):
    with UdpClient(server.dns_port) as client:
        assert fields(client.ask(message(GOOD, id=id)))[0] == id
