"""What is answered: names, types, wildcards, negative answers."""

import dns.flags
import pytest

from support.entries import service_entry
from support.meshdns import rcode, records
from support.wire import UdpClient, fields, message, question

ENTRIES = [
    service_entry("a", "a.bar.global", ["240.0.0.1"]),
    service_entry("dual", "dual.bar.global", ["240.0.0.2", "2001:db8::2"]),
    service_entry("six", "six.bar.global", ["2001:db8::3"]),
    service_entry("many", "many.bar.global", ["240.0.1.1", "240.0.1.2", "240.0.1.3"]),
    service_entry("case", "CamelCase.Bar.Global", ["240.0.0.4"]),
    service_entry("deep", "deep.leaf.ent.bar.global", ["240.0.0.5"]),
    service_entry("wild", "*.wild.bar.global", ["240.0.0.6"]),
    service_entry("exact", "exact.wild.bar.global", ["240.0.0.7"]),
    service_entry("below", "below.gap.wild.bar.global", ["240.0.0.8"]),
    service_entry("apex-wild", "*.mesh.example", ["240.0.0.9"]),
    service_entry("inner", "a.inner.global", ["240.0.0.10"]),
    service_entry("brief", "a.brief.example", ["240.0.0.11"]),
]
CONFIG = {"zones": [
    {"name": "global"},
    {"name": "inner.global"},
    {"name": "mesh.example", "ttl": 60, "negativeTtl": 7, "contact": "ops.mesh.example", "nameservers": [
        {"name": "ns1.mesh.example", "addresses": ["192.0.2.1", "2001:db8::53"]},
        {"name": "ns2.elsewhere.example", "addresses": []}]},
    {"name": "brief.example", "ttl": 3, "negativeTtl": 60},
]}

NS = "ns.dns.global."

# name, type, rcode, answer ("TYPE TTL rdata"), the zone whose SOA is in authority
CASES = [
    # positive
    ("a.bar.global", "A", "NOERROR", ["A 30 240.0.0.1"], None),
    ("dual.bar.global", "A", "NOERROR", ["A 30 240.0.0.2"], None),
    ("dual.bar.global", "AAAA", "NOERROR", ["AAAA 30 2001:db8::2"], None),
    ("six.bar.global", "AAAA", "NOERROR", ["AAAA 30 2001:db8::3"], None),
    ("many.bar.global", "A", "NOERROR", ["A 30 240.0.1.1", "A 30 240.0.1.2", "A 30 240.0.1.3"], None),
    ("camelcase.bar.global", "A", "NOERROR", ["A 30 240.0.0.4"], None),
    # the family is missing: the name is known all the same
    ("a.bar.global", "AAAA", "NOERROR", [], "global."),
    ("six.bar.global", "A", "NOERROR", [], "global."),
    # other types, known and unknown
    ("a.bar.global", "TXT", "NOERROR", [], "global."),
    ("a.bar.global", "SOA", "NOERROR", [], "global."),
    ("a.bar.global", "NS", "NOERROR", [], "global."),
    ("a.bar.global", "HTTPS", "NOERROR", [], "global."),
    ("a.bar.global", "TYPE65280", "NOERROR", [], "global."),
    ("a.bar.global", "TYPE65535", "NOERROR", [], "global."),
    # ANY is one RRset (RFC 8482)
    ("dual.bar.global", "ANY", "NOERROR", ["A 30 240.0.0.2"], None),
    ("six.bar.global", "ANY", "NOERROR", ["AAAA 30 2001:db8::3"], None),
    ("leaf.ent.bar.global", "ANY", "NOERROR", [], "global."),
    # names that are not there
    ("none.bar.global", "A", "NXDOMAIN", [], "global."),
    ("none.bar.global", "ANY", "NXDOMAIN", [], "global."),
    ("below.a.bar.global", "A", "NXDOMAIN", [], "global."),
    ("a.bar.global.global", "A", "NXDOMAIN", [], "global."),
    # empty non-terminals, and what is below them (RFC 8020)
    ("bar.global", "A", "NOERROR", [], "global."),
    ("ent.bar.global", "A", "NOERROR", [], "global."),
    ("leaf.ent.bar.global", "AAAA", "NOERROR", [], "global."),
    ("other.ent.bar.global", "A", "NXDOMAIN", [], "global."),
    # wildcards (RFC 4592)
    ("x.wild.bar.global", "A", "NOERROR", ["A 30 240.0.0.6"], None),
    ("x.y.z.wild.bar.global", "A", "NOERROR", ["A 30 240.0.0.6"], None),
    ("*.wild.bar.global", "A", "NOERROR", ["A 30 240.0.0.6"], None),
    ("x.*.wild.bar.global", "A", "NXDOMAIN", [], "global."),
    ("x.wild.bar.global", "AAAA", "NOERROR", [], "global."),
    ("x.wild.bar.global", "ANY", "NOERROR", ["A 30 240.0.0.6"], None),
    ("wild.bar.global", "A", "NOERROR", [], "global."),
    ("exact.wild.bar.global", "A", "NOERROR", ["A 30 240.0.0.7"], None),
    ("x.exact.wild.bar.global", "A", "NXDOMAIN", [], "global."),
    ("gap.wild.bar.global", "A", "NOERROR", [], "global."),
    ("x.gap.wild.bar.global", "A", "NXDOMAIN", [], "global."),
    ("x.mesh.example", "A", "NOERROR", ["A 60 240.0.0.9"], None),
    ("x.ns1.mesh.example", "A", "NXDOMAIN", [], "mesh.example."),
    # the apex and the name servers
    ("global", "NS", "NOERROR", [f"NS 30 {NS}"], None),
    ("global", "A", "NOERROR", [], "global."),
    ("ns.dns.global", "A", "NOERROR", ["A 30 127.0.0.1"], None),
    ("mesh.example", "NS", "NOERROR", ["NS 60 ns1.mesh.example.", "NS 60 ns2.elsewhere.example."], None),
    ("ns1.mesh.example", "A", "NOERROR", ["A 60 192.0.2.1"], None),
    ("ns1.mesh.example", "AAAA", "NOERROR", ["AAAA 60 2001:db8::53"], None),
    # several zones; the deepest wins
    ("a.inner.global", "A", "NOERROR", ["A 30 240.0.0.10"], None),
    ("none.inner.global", "A", "NXDOMAIN", [], "inner.global."),
    ("inner.global", "NS", "NOERROR", ["NS 30 ns.dns.inner.global."], None),
    ("a.brief.example", "A", "NOERROR", ["A 3 240.0.0.11"], None),
    # outside every zone
    ("example.org", "A", "REFUSED", [], None),
    ("global.example.org", "A", "REFUSED", [], None),
    ("example", "NS", "REFUSED", [], None),
    ("notglobal", "A", "REFUSED", [], None),
    (".", "NS", "REFUSED", [], None),
    (".", "ANY", "REFUSED", [], None),
]

# name and type that get a negative answer, and its SOA's TTL: min(SOA TTL, MINIMUM) (RFC 2308)
NEGATIVE_TTLS = [("none.bar.global", "A", 5), ("x.mesh.example", "TXT", 7), ("none.brief.example", "A", 3)]

# zone, MNAME, RNAME, MINIMUM
SOAS = [
    ("global", NS, "hostmaster.global.", 5),
    ("inner.global", "ns.dns.inner.global.", "hostmaster.inner.global.", 5),
    ("mesh.example", "ns1.mesh.example.", "ops.mesh.example.", 7),
]


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize("name,rdtype,code,expected,authority", CASES)
def test_answer(server, name, rdtype, code, expected, authority, tcp):
    answer = server.query(name, rdtype, tcp=tcp)
    assert rcode(answer) == code
    assert bool(answer.flags & dns.flags.AA) == (code != "REFUSED")
    got = sorted(f"{dns.rdatatype.to_text(rrset.rdtype)} {rrset.ttl} {rdata.to_text()}"
                 for rrset in answer.answer for rdata in rrset)
    assert got == expected
    assert all(rrset.name.to_text() == answer.question[0].name.to_text() for rrset in answer.answer)
    assert [(rrset.name.to_text(), dns.rdatatype.to_text(rrset.rdtype)) for rrset in answer.authority] == (
        [(authority, "SOA")] if authority else [])
    assert not answer.additional or rdtype == "NS"


@pytest.mark.parametrize("name,rdtype,ttl", NEGATIVE_TTLS)
def test_negative_ttl(server, name, rdtype, ttl):
    assert [rrset.ttl for rrset in server.query(name, rdtype).authority] == [ttl]


@pytest.mark.parametrize("zone,mname,rname,minimum", SOAS)
def test_soa(server, zone, mname, rname, minimum):
    soa = server.query(zone, "SOA").answer[0][0]
    assert (soa.mname.to_text(), soa.rname.to_text(), soa.minimum) == (mname, rname, minimum)
    assert soa.serial == server.metrics()[f'meshdns_zone_serial{{zone="{zone}"}}']


@pytest.mark.parametrize("asked", ["a.bar.global", "A.BAR.GLOBAL", "a.bAr.gLoBaL", "nOnE.bAr.global", "X.wIld.bar.global"])
def test_the_questions_case_is_kept(server, asked):
    sent = message(question(asked))
    with UdpClient(server.dns_port) as client:
        response = client.ask(sent)
    assert response[12:len(sent)] == sent[12:]


def test_several_addresses_rotate(server):
    answers = [records(server.query("many.bar.global")) for _ in range(3)]
    assert all(answer == ["240.0.1.1", "240.0.1.2", "240.0.1.3"] for answer in answers)
    with UdpClient(server.dns_port) as client:
        responses = [client.ask(message(question("many.bar.global"))) for _ in range(30)]
    firsts = {response[len(message(question("many.bar.global"))) + 12:][:4] for response in responses}
    assert len(firsts) == 3


@pytest.mark.parametrize("qtype", [0, 41, 249, 250, 251, 252, 253, 254, 255, 256, 32768, 65535])
@pytest.mark.parametrize("name", ["a.bar.global", "none.bar.global", "x.wild.bar.global", "global", "example.org"])
def test_odd_types_are_answered(server, name, qtype):
    with UdpClient(server.dns_port) as client:
        asked = message(question(name, qtype))
        response = client.ask(asked)
    assert fields(response)[0] == 4711
    assert response[12:len(asked)] == asked[12:]
