"""What does not fit over UDP: TC and no partial RRset; TCP has it all."""

import dns.flags
import pytest

from support.entries import service_entry
from support.meshdns import Server, records
from support.process import eventually

RECORD, OPT = 16, 11  # octets of an A record behind a compressed owner; of an OPT


def host(count):
    return f"h{count:03}.bar.global"


def size(count, edns):
    """Octets of the answer with `count` addresses."""
    return 12 + len(host(count)) + 2 + 4 + count * RECORD + (OPT if edns else 0)


COUNTS = [1, 29, 30, 31, 73, 74, 75, 256]
ENTRIES = [service_entry(f"h{count:03}", host(count), [f"240.1.{i // 250}.{i % 250 + 1}" for i in range(count)])
           for count in COUNTS]
CONFIG = {"limits": {"udpSize": 1232}}


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("payload", [None, 512, "exactly", "one less", 1232, 4096])
def test_truncation(server, count, payload):
    edns = payload is not None
    whole = size(count, edns)
    payload = {"exactly": whole, "one less": whole - 1}.get(payload, payload)
    limit = min(max(payload, 512), 1232) if edns else 512
    options = {"use_edns": 0, "payload": payload} if edns else {}

    answer = server.query(host(count), **options)
    fits = whole <= limit
    assert bool(answer.flags & dns.flags.TC) == (not fits)
    assert len(records(answer)) == (count if fits else 0)
    assert (answer.edns == 0) == edns  # the OPT is there in a truncated answer as well
    assert not answer.authority

    over_tcp = server.query(host(count), tcp=True, **options)
    assert len(records(over_tcp)) == count
    assert not over_tcp.flags & dns.flags.TC


@pytest.mark.parametrize("udp_size,count,fits", [(512, 30, False), (1400, 84, True), (1400, 85, False), (4096, 200, True)])
def test_the_configured_size(start_server, udp_size, count, fits):
    server = start_server([service_entry("a", host(count), [f"240.0.0.{i + 1}" for i in range(count)])],
                          {"limits": {"udpSize": udp_size}})
    answer = server.query(host(count), use_edns=0, payload=65535)
    assert answer.payload == udp_size
    assert bool(answer.flags & dns.flags.TC) == (not fits)


def test_glue_that_no_pointer_reaches(tmp_path):
    """Over TCP there is room for it, and every nameserver's address belongs there (RFC 9471 §3)."""
    servers = [f"ns{i:03}.{'x' * 50}.sub" for i in range(300)]
    (tmp_path / "example.zone").write_text("@ SOA ns host 1 2 3 4 5\n@ NS ns\n" + "".join(
        f"sub NS {server}\n{server} A 192.0.2.{i % 256}\n" for i, server in enumerate(servers)))
    config = {"zones": [{"name": "example.org", "file": "example.zone"}], "sources": []}
    with Server(directory=tmp_path, config=config) as server:
        eventually(lambda: server.get("/ready").status_code == 200)
        answer = server.query("a.sub.example.org", tcp=True)
        assert not answer.flags & dns.flags.TC
        assert sorted(rrset.name.to_text() for rrset in answer.additional) == [f"{name}.example.org." for name in servers]
        assert server.query("a.sub.example.org").flags & dns.flags.TC
