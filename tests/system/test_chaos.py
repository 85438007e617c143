"""The class CHAOS (RFC 4892), and what the server says about itself there."""

import dns.flags
import dns.rdataclass
import pytest

from support.entries import service_entry
from support.meshdns import ede_codes, rcode, records

ENTRIES = [service_entry("a", "a.bar.global", ["240.0.0.1"])]
CONFIG = {"identity": {"nsid": "east-1", "version": "meshdns, some version"}}

TOLD = [
    ("version.bind", "meshdns, some version"),
    ("version.server", "meshdns, some version"),
    ("VERSION.BIND", "meshdns, some version"),
    ("hostname.bind", "east-1"),
    ("id.server", "east-1"),
]

# name, type
REFUSED = [
    ("version.bind", "A"), ("version.bind", "SOA"), ("version.bind", "AXFR"), ("authors.bind", "TXT"), ("bind", "TXT"),
    ("server", "TXT"), ("x.version.bind", "TXT"), (".", "TXT"), ("a.bar.global", "A"), ("global", "SOA"),
]


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize("rdtype", ["TXT", "ANY"])
@pytest.mark.parametrize("name,text", TOLD)
def test_told(server, name, text, rdtype, tcp):
    answer = server.query(name, rdtype, rdclass="CH", tcp=tcp)
    assert rcode(answer) == "NOERROR" and answer.flags & dns.flags.AA
    (rrset,) = answer.answer
    assert (rrset.rdclass, rrset.ttl) == (dns.rdataclass.CH, 0)
    assert records(answer) == [f'"{text}"']
    assert not answer.authority


@pytest.mark.parametrize("name,rdtype", REFUSED)
def test_refused(server, name, rdtype):
    answer = server.query(name, rdtype, rdclass="CH", use_edns=0)
    assert rcode(answer) == "REFUSED" and not answer.flags & dns.flags.AA
    assert not answer.answer and not answer.authority
    assert ede_codes(answer) == [18]


@pytest.mark.parametrize("identity", [{}, {"nsid": "", "version": ""}, {"version": "hidden"}])
def test_hidden(start_server, identity):
    server = start_server(ENTRIES, {"identity": identity})
    for name, _ in TOLD:
        assert rcode(server.query(name, "TXT", rdclass="CH")) == "REFUSED"


def test_they_are_names_like_others_in_class_in(server):
    assert rcode(server.query("version.bind", "TXT")) == "REFUSED"
    assert rcode(server.query("version.global", "TXT")) == "NXDOMAIN"
