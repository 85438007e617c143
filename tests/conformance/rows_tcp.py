"""TCP and truncation: RFC 7766, 2181 §9, 9293."""

import struct
import time

from conformance.judge import Response
from conformance.notation import Query
from conformance.row import Checks, table
from conformance.settings import ADDRESSES
from support.wire import fields, framed, message, question

TRUNCATED = ("NOERROR aa tc", "NOERROR aa tc partial")

TRUNCATION = table(
    ("tcp/truncation", "n40.big. A over=udp", *TRUNCATED),
    ("tcp/truncation", "n40.big. A over=tcp", "NOERROR aa | n40.big. A"),
    ("tcp/truncation", "n100.big. A over=udp size=1232", *TRUNCATED),
    ("tcp/truncation", "n100.big. A over=tcp size=512", "NOERROR aa | n100.big. A"),
    ("tcp/truncation", "text.huge. TXT over=udp size=65535", *TRUNCATED),
    # The chain before it may be there, the RRset that does not fit may not.
    ("tcp/truncation", "alias.big. A over=udp", "NOERROR aa tc partial"),
    ("tcp/truncation", "alias.big. A over=tcp", "NOERROR aa | alias.big. CNAME; n100.big. A"),
    ("tcp/large", "text.huge. TXT over=tcp", "NOERROR aa | text.huge. TXT"),
    ("tcp/large", "text.huge. TXT over=tcp +edns", "NOERROR aa | text.huge. TXT"),
)

CHECKS = Checks()


def www(id):
    return message(question("www.test"), id=id)


def answers(client, count):
    """The IDs of so many responses, all of them NOERROR."""
    ids = []
    for _ in range(count):
        id, _, rcode, _ = fields(client.receive_message())
        assert rcode == 0, f"rcode {rcode}"
        ids.append(id)
    return ids


@CHECKS("tcp/truncation", "no RRset is there in part")
def _no_part(target):
    for text in ("n40.big. A", "n100.big. A size=1232", "alias.big. A"):
        response = Response(target.ask(Query(text).octets, "udp"))
        count = sum(record.rdtype == 1 for record in response.sections["answer"])
        # RFC 2181 §9 lets others leave a part behind TC; it is ours that must not.
        assert count == 0 or not target.ours, f"{count} addresses behind TC"


@CHECKS("tcp/large", "a query of 65535 octets")
def _large_query(target):
    padding = struct.pack(">HH", 65001, 65535 - 12 - len(question("www.test")) - 11 - 4)
    rdata = padding + bytes(65535 - 12 - len(question("www.test")) - 11 - 4)
    octets = message(question("www.test"), additional=[b"\0" + struct.pack(">HHIH", 41, 1232, 0, len(rdata)) + rdata])
    assert len(octets) == 65535
    assert fields(target.ask(octets, "tcp") or b"\0" * 12)[:3] == (4711, 0x8400, 0), "no answer"


@CHECKS("tcp/pipelining", "100 queries before the first answer is read")
def _pipelining(target):
    with target.tcp() as client:
        client.send(b"".join(framed(www(id)) for id in range(100)))
        assert sorted(answers(client, 100)) == list(range(100))


@CHECKS("tcp/pipelining", "queries and answers in turn on one connection")
def _in_turn(target):
    with target.tcp() as client:
        for id in range(100):
            assert fields(client.ask(www(id)))[0] == id


@CHECKS("tcp/pipelining", "large answers among small ones")
def _mixed(target):
    with target.tcp() as client:
        client.send(b"".join(framed(message(question("text.huge", 16), id=id)) + framed(www(id + 100)) for id in range(20)))
        assert sorted(answers(client, 40)) == [*range(20), *range(100, 120)]


@CHECKS("tcp/one-write", "length and body come in one segment")
def _one_write(target):
    for id in range(5):
        with target.tcp() as client:
            client.send_message(www(id))
            first = client.socket.recv(65535)
            assert len(first) > 2 and len(first) == 2 + struct.unpack(">H", first[:2])[0], f"{len(first)} octets come first"


@CHECKS("tcp/segments", "two messages in one segment")
def _two_in_one(target):
    with target.tcp() as client:
        client.send(framed(www(1)) + framed(www(2)))
        assert sorted(answers(client, 2)) == [1, 2]


@CHECKS("tcp/segments", "a message and a half, then the rest")
def _one_and_a_half(target):
    with target.tcp() as client:
        whole = framed(www(1)) + framed(www(2))
        client.send(whole[:-7])
        assert answers(client, 1) == [1]
        client.send(whole[-7:])
        assert answers(client, 1) == [2]


@CHECKS("tcp/segments", "octet by octet")
def _octets(target):
    with target.tcp() as client:
        for octet in framed(www(1)):
            client.send(bytes([octet]))
        assert answers(client, 1) == [1]


@CHECKS("tcp/half-close", "queries, then the end of sending: all are answered, then the connection is closed")
def _half_close(target):
    with target.tcp() as client:
        client.send(b"".join(framed(www(id)) for id in range(10)))
        client.end_sending()
        assert sorted(answers(client, 10)) == list(range(10))
        assert client.is_closed(), "not closed"


@CHECKS("tcp/half-close", "the end of sending within a message: closed without an answer")
def _half_message(target):
    with target.tcp() as client:
        client.send(framed(www(1))[:-1])
        client.end_sending()
        assert client.is_closed(), "answered"


@CHECKS("tcp/idle", "a connection outlives its first answer")
def _stays(target):
    with target.tcp() as client:
        client.ask(www(1))
        time.sleep(0.2)  # nothing to await: that nothing happens is the point
        assert fields(client.ask(www(2)))[0] == 2


def closed_after(client, least, most):
    begin = time.monotonic()
    client.socket.settimeout(most)
    assert client.is_closed(), "it sends"
    after = time.monotonic() - begin
    assert after >= least, f"closed after {after:.1f} s"


@CHECKS("tcp/idle", "after its idle time a connection is closed", setting="brief")
def _idle(target):
    with target.tcp() as client:
        client.ask(www(1))
        closed_after(client, 0.5, 8 if target.ours else 25)


@CHECKS("tcp/idle", "one that has never sent is closed as well", setting="brief")
def _never(target):
    with target.tcp() as client:
        closed_after(client, 0.5, 8 if target.ours else 25)


@CHECKS("tcp/deadline", "an octet every 0.1 s does not keep a connection", setting="brief", only_ours=True)
def _deadline(target):
    with target.tcp() as client:
        begin = time.monotonic()
        client.socket.settimeout(0.1)
        for octet in framed(b"x" * 200):
            try:
                client.send(bytes([octet]))
                assert client.is_closed(), "answered, after longer than the deadline"
                return
            except TimeoutError:
                continue
            except OSError:
                return
        raise AssertionError(f"open for {time.monotonic() - begin:.0f} s")


@CHECKS("tcp/limits", "the client's longest idle connection goes for its next", setting="crowded", only_ours=True)
def _client_limit(target):
    clients = []
    try:
        for id in range(4):
            clients.append(target.tcp())
            clients[-1].ask(www(id))
        clients[0].ask(www(9))  # now the second is the longest idle
        clients.append(target.tcp())
        assert fields(clients[-1].ask(www(4)))[0] == 4
        assert clients[1].is_closed(), "not the longest idle"
        assert fields(clients[0].ask(www(5)))[0] == 5
        assert fields(clients[2].ask(www(6)))[0] == 6
    finally:
        for client in clients:
            client.__exit__()


@CHECKS("tcp/limits", "at the limit of all a new client is still served", setting="crowded", only_ours=True)
def _all_limit(target):
    clients = []
    try:
        for id in range(16):
            clients.append(target.tcp(source=f"127.0.1.{id + 1}"))
            clients[-1].ask(www(id))
    finally:
        for client in clients:
            client.__exit__()


@CHECKS("tcp/slow-reader", "a client that reads nothing holds up nobody")
def _slow_reader(target):
    with target.tcp(receive_buffer=4096) as slow, target.tcp() as other:
        slow.socket.settimeout(0.2)
        try:
            for id in range(1000):
                slow.send(framed(message(question("text.huge", 16), id=id)))
        except OSError:
            pass
        for id in range(20):
            assert fields(other.ask(www(id)))[0] == id
        target.lives()


@CHECKS("lessons/unlimited", "10,000 queries that nobody reads the answers of")
def _unlimited(target):
    with target.tcp(receive_buffer=4096) as flood:
        flood.socket.settimeout(0.5)
        try:
            flood.send(b"".join(framed(message(question("n100.big"), id=id)) for id in range(10000)))
        except OSError:
            pass
        target.lives()


for _address in ADDRESSES:
    for _over in ("udp", "tcp"):
        @CHECKS("tcp/source", f"asked at {_address} over {_over}, answered from there")
        def _source(target, address=_address, over=_over):
            if not target.listens(address):
                return
            with getattr(target, over)(address=address) as client:  # connected: it takes nothing from elsewhere
                for id in range(5):
                    assert fields(client.ask(www(id)))[0] == id


ROWS = TRUNCATION + CHECKS
