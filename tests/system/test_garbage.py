"""Noise: whatever comes, the server lives and answers the next query."""

import random

import dns.exception
import dns.message
import pytest

from support.entries import service_entry
from support.wire import TcpClient, UdpClient, fields, framed, message, opt, question

ENTRIES = [
    service_entry("a", "a.bar.global", ["240.0.0.1"]),
    service_entry("wild", "*.wild.bar.global", ["240.0.0.2", "2001:db8::2"]),
]

VALID = [
    message(question("a.bar.global")),
    message(question("x.y.wild.bar.global", 255), flags=0x0100),
    message(question("none.global", 28), additional=[opt(options=b"\0\x03\0\0\0\x0a\0\x08abcdefgh")]),
    message(question("global", 6)),
]
PROBE = message(question("a.bar.global"), id=0xbeef)


def noise(random):
    return random.randbytes(random.choice([0, 1, 11, 12, 13, 17, 40, 100, 512, 1232, 4000]))


def mutated(random):
    data = bytearray(random.choice(VALID))
    for _ in range(random.randint(1, 6)):
        match random.randrange(4):
            case 0:
                data[random.randrange(len(data))] = random.randrange(256)
            case 1:
                data[random.randrange(len(data))] ^= 1 << random.randrange(8)
            case 2:
                at = random.randrange(len(data))
                del data[at:at + random.randint(1, 4)]
                data = data or bytearray(b"\0")
            case 3:
                at = random.randrange(len(data))
                data[at:at] = random.randbytes(random.randint(1, 8))
    return bytes(data)


def has_answered(client):
    """Asks, and passes over what earlier messages are answered with. A datagram may get lost in a full buffer."""
    for _ in range(5):
        client.send(PROBE)
        try:
            while fields(client.receive())[0] != 0xbeef:
                pass
            return True
        except TimeoutError:
            pass
    return False


@pytest.mark.parametrize("make", [noise, mutated])
def test_datagrams(server, make):
    source = random.Random(f"{make.__name__} of 2026")
    with UdpClient(server.dns_port, timeout=1) as client:
        for sent in range(2000):
            client.send(make(source))
            if sent % 50 == 0:
                assert has_answered(client), sent
        assert has_answered(client)
    assert server.running


@pytest.mark.parametrize("make", [noise, mutated])
def test_messages_over_tcp(server, make):
    source = random.Random(f"{make.__name__} over TCP")
    for _ in range(150):
        with TcpClient(server.dns_port) as client:
            try:
                client.send(b"".join(framed(make(source)) for _ in range(5)))
            except ConnectionError:
                pass  # closed at the first message that deserves no answer
    with TcpClient(server.dns_port) as client:
        assert fields(client.ask(PROBE))[0] == 0xbeef


def test_every_answer_is_well_formed(server):
    """What is answered at all has the query's ID, QR set, and parses."""
    source = random.Random("answers of 2026")
    with TcpClient(server.dns_port) as client:
        for _ in range(1000):
            asked = mutated(source)
            if len(asked) < 12 or asked[2] & 0x80:
                continue  # never answered
            response = client.ask(asked)
            assert response[:2] == asked[:2] and response[2] & 0x80
            if asked[2] & 0x78:
                continue  # dnspython knows few opcodes
            try:
                dns.message.from_wire(response)
            except dns.exception.DNSException as broken:
                pytest.fail(f"{asked.hex()} → {response.hex()}: {broken!r}")
