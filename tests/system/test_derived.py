"""What follows from ServiceEntries besides addresses: PTR (publish.reverse) and SRV (publish.services)."""

import pytest

from support.entries import manifest, replace, service_entry
from support.meshdns import rcode, records
from support.process import eventually

ENTRIES = [
    service_entry("one", "one.bar.global", ["240.0.0.1", "2001:db8::1"]),
    service_entry("two", "two.bar.global", ["240.0.0.2"]),
    service_entry("twin", "twin.bar.global", ["240.0.0.2"]),
    service_entry("far", "far.bar.global", ["10.9.9.9"]),
    service_entry("single", "single.bar.global", ["10.1.1.1"]),
    service_entry("wild", "*.wild.bar.global", ["240.0.0.3"]),
]
CONFIG = {"publish": {"services": True, "reverse": ["240.0.0.0/15", "10.1.1.1", "2001:db8::/62"]}}

# name, type, rcode, answer
CASES = [
    # PTR for every address within the ranges; of a block that ends within a label, two zones
    ("1.0.0.240.in-addr.arpa", "PTR", "NOERROR", ["one.bar.global."]),
    ("2.0.0.240.in-addr.arpa", "PTR", "NOERROR", ["twin.bar.global.", "two.bar.global."]),
    ("1" + ".0" * 23 + ".8.b.d.0.1.0.0.2.ip6.arpa", "PTR", "NOERROR", ["one.bar.global."]),
    # a range of one address is a zone whose apex has the PTR
    ("1.1.1.10.in-addr.arpa", "PTR", "NOERROR", ["single.bar.global."]),
    ("1.1.1.10.in-addr.arpa", "NS", "NOERROR", ["ns.dns.global."]),
    # never for wildcards, nor outside the ranges
    ("3.0.0.240.in-addr.arpa", "PTR", "NXDOMAIN", []),
    ("9.9.9.10.in-addr.arpa", "PTR", "REFUSED", []),
    ("1.0.2.240.in-addr.arpa", "PTR", "REFUSED", []),
    ("0.1.240.in-addr.arpa", "PTR", "NXDOMAIN", []),
    ("1.240.in-addr.arpa", "SOA", "NOERROR", None),
    # SRV of the ports, whose protocol in DNS is the transport's
    ("_http1._tcp.one.bar.global", "SRV", "NOERROR", ["0 0 8000 one.bar.global."]),
    ("_HTTP1._TCP.One.bar.global", "SRV", "NOERROR", ["0 0 8000 one.bar.global."]),
    ("_http1._tcp.one.bar.global", "A", "NOERROR", []),
    ("_tcp.one.bar.global", "SRV", "NOERROR", []),
    ("_http1._udp.one.bar.global", "SRV", "NXDOMAIN", []),
    ("_http1._tcp.wild.bar.global", "SRV", "NOERROR", []),  # the wildcard, which has addresses alone
    ("_http1._tcp.x.wild.bar.global", "SRV", "NOERROR", []),
]


@pytest.mark.parametrize("name,rdtype,code,expected", CASES)
def test_answer(server, name, rdtype, code, expected):
    answer = server.query(name, rdtype)
    assert rcode(answer) == code
    assert expected is None or records(answer, rdtype=rdtype) == expected


def test_the_targets_address_is_added(server):
    answer = server.query("_http1._tcp.one.bar.global", "SRV")
    assert records(answer, "additional") == ["2001:db8::1", "240.0.0.1"]


def test_they_go_with_the_claim(start_server, tmp_path):
    """The older claimant's, then the younger one's, the older one's again, then none."""
    older = service_entry("older", "a.bar.global", ["240.0.0.8"], created="2024-01-01T00:00:00Z",
                          ports=[{"name": "grpc", "number": 7000, "protocol": "GRPC"}])
    younger = service_entry("younger", "a.bar.global", ["240.0.0.9"], created="2025-01-01T00:00:00Z",
                            ports=[{"name": "dns", "number": 53, "protocol": "UDP"}])
    server = start_server([older, younger], CONFIG)
    owners = {"8": "8.0.0.240.in-addr.arpa", "9": "9.0.0.240.in-addr.arpa", "grpc": "_grpc._tcp.a.bar.global",
              "dns": "_dns._udp.a.bar.global"}

    def present():
        return {key for key, name in owners.items() if rcode(server.query(name, "ANY")) == "NOERROR"}

    assert present() == {"8", "grpc"}
    for entries, expected in [([younger], {"9", "dns"}), ([younger, older], {"8", "grpc"}), ([], set())]:
        replace(tmp_path / "entries" / "entries.yaml", manifest(*entries))
        eventually(lambda: present() == expected)


def test_an_address_of_many_hosts(start_server):
    """All hosts behind one gateway have its address; the oldest 64 are its names."""
    entries = [service_entry(f"e{i}", f"h{i:03}.bar.global", ["240.0.0.7"], created=f"2024-01-01T00:{i // 60:02}:{i % 60:02}Z")
               for i in range(100)]
    server = start_server(list(reversed(entries)), CONFIG)
    answer = server.query("7.0.0.240.in-addr.arpa", "PTR", tcp=True)
    assert records(answer) == [f"h{i:03}.bar.global." for i in range(64)]
