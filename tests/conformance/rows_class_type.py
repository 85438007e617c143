"""Classes, CHAOS, meta types, transfers and TSIG: RFC 1035, 1995, 3597, 4892, 5936, 8482, 8945."""

import struct
import time

import dns.name
import dns.rdatatype
import dns.zone

from conformance.judge import Response
from conformance.notation import ZONES, Raw, Record
from conformance.row import Checks, table
from support.wire import message, name, opt, question

REFUSED = ("REFUSED", "NOTIMP", "FORMERR")

CLASSES = table(
    ("class-type/class", "www A CH", *REFUSED, "NXDOMAIN aa"),
    ("class-type/class", "www A HS", *REFUSED),
    ("class-type/class", "www A NONE", *REFUSED),
    ("class-type/class", "www A ANY", *REFUSED, "NOERROR aa | www A", "NOERROR | www A"),  # RFC 1035 §3.2.5: any class
    ("class-type/class", "www A CLASS0", *REFUSED),
    ("class-type/class", "www A CLASS65535", *REFUSED),
    ("class-type/class", "www A CLASS2", *REFUSED),
    ("class-type/class", "www A HS +edns", "REFUSED ede=20", *REFUSED[1:]),
    ("class-type/class", "test. SOA CH", *REFUSED, "NXDOMAIN aa"),
)

# RFC 4892 §2 has AA either way, and says nothing of further names.
CHAOS = table(
    *(("class-type/chaos", f"{text} TXT CH", f'NOERROR aa | {text} TXT "{value}"', f'NOERROR | {text} TXT "{value}"')
      for text, value in (("version.bind.", "one 1"), ("version.server.", "one 1"), ("hostname.bind.", "conformance"),
                          ("id.server.", "conformance"), ("VERSION.BIND.", "one 1"))),
    *(("class-type/chaos", f"{text} TXT CH", "REFUSED", "anything") for text in (
        "authors.bind.", "bind.", "server.", "x.version.bind.", "version.bind.test.", ".")),
    ("class-type/chaos", "version.bind. A CH", "REFUSED", "empty"),
    ("class-type/chaos", "bind. A CH", "REFUSED", "empty"),
    ("class-type/chaos", "version.bind. TXT", "REFUSED"),
)
HIDDEN = table(
    *(("class-type/hidden", f"{text} TXT CH", "REFUSED", "empty")
      for text in ("version.bind.", "version.server.", "hostname.bind.", "id.server.")),
    ("class-type/hidden", "test. SOA +nsid", "NOERROR aa | test. SOA"),
    setting="hidden",
)

ALL_OF_WWW = "www A; www AAAA; www TXT"
ANY = table(
    ("class-type/any", "www ANY", "NOERROR aa | www A", f"NOERROR aa | {ALL_OF_WWW}",
     'NOERROR aa | www HINFO "RFC8482" ""', "NOERROR aa | www AAAA", "NOERROR aa | www TXT", "NOERROR aa tc partial"),
    ("class-type/any", "alias ANY", "NOERROR aa | alias CNAME", "NOERROR aa | alias CNAME; www A; www AAAA; www TXT",
     "NOERROR aa tc partial"),
    ("class-type/any", "ent ANY", "NOERROR aa | | SOA", 'NOERROR aa | ent HINFO "RFC8482" ""',
     "NOERROR aa tc partial"),
    ("class-type/any", "nothing ANY", "NXDOMAIN aa | | SOA", "NOERROR aa tc partial"),
    ("class-type/any", "www.cut ANY", "NOERROR | | cut NS | ns.cut A; ns.cut AAAA", "NOERROR tc partial"),
    ("class-type/any", "www.example.com. ANY", "REFUSED"),
    ("class-type/any", "minute ANY", "NOERROR aa | minute A", 'NOERROR aa | minute HINFO "RFC8482" ""', "NOERROR aa tc partial"),
)

UNKNOWN = table(
    ("class-type/unknown-type", "www TYPE65280", "NOERROR aa | | SOA"),
    ("class-type/unknown-type", "www TYPE1000", "NOERROR aa | | SOA"),
    ("class-type/unknown-type", "nothing TYPE65280", "NXDOMAIN aa | | SOA"),
    ("class-type/unknown-type", "alias TYPE65280", "NOERROR aa | alias CNAME | SOA"),
    ("class-type/unknown-type", "unknown.types. TYPE65280", r"NOERROR aa | unknown.types. TYPE65280 \# 4 0a000001"),
    ("class-type/unknown-type", "unknown.types. TYPE65281", r"NOERROR aa | unknown.types. TYPE65281 \# 0"),
    # RDATA that begins as a compression pointer would is not one (RFC 3597 §4).
    ("class-type/unknown-type", "unknown.types. TYPE1234", r"NOERROR aa | unknown.types. TYPE1234 \# 5 c00c000100"),
    ("class-type/unknown-type", "unknown.types. A", "NOERROR aa | | types. SOA"),
    *(("class-type/unknown-type", f"{kind.lower()}.types. {kind}", f"NOERROR aa | {kind.lower()}.types. {kind}") for kind in (
        "CAA TLSA SSHFP NAPTR LOC HINFO RP URI PTR DNSKEY AFSDB KX CERT SPF EUI48 EUI64 CSYNC OPENPGPKEY ZONEMD").split()),
)

META = table(
    *(("class-type/meta-type", f"www TYPE{number}", "NOERROR aa | | SOA", "anything")
      for number in (0, 41, 249, 250, 253, 254, 128, 65534, 65535)),
    *(("class-type/meta-type", f"nothing TYPE{number}", "NXDOMAIN aa | | SOA", "anything")
      for number in (0, 41, 249, 250, 253, 254, 65535)),
    *(("class-type/meta-type", f"www TYPE{number} +edns", "NOERROR aa | | SOA", "anything") for number in (0, 41, 249, 65535)),
)

# A transfer over UDP has no meaning (RFC 5936 §4.2); IXFR has: the SOA says that TCP is needed (RFC 1995 §2).
TRANSFERS = table(
    ("class-type/axfr-udp", "test. AXFR over=udp", "FORMERR", "NOTIMP", "REFUSED", "NOERROR aa tc", "NOERROR tc"),
    ("class-type/axfr-udp", "www AXFR over=udp", "FORMERR", "NOTIMP", "REFUSED", "NOTAUTH", "NOERROR aa tc", "NOERROR tc"),
    ("class-type/axfr-udp", "example.com. AXFR over=udp", "FORMERR", "NOTIMP", "REFUSED", "NOTAUTH", "NOERROR aa tc"),
    ("class-type/axfr", "test. AXFR over=tcp", "REFUSED", "NOTAUTH", "NOTIMP"),
    ("class-type/axfr", "example.com. AXFR over=tcp", "NOTAUTH", "REFUSED", "NOTIMP"),
    ("class-type/ixfr-tcp", "test. IXFR over=tcp", "REFUSED", "NOTAUTH", "FORMERR", "NOTIMP"),
)
SERIAL = name("test") + struct.pack(">HHIH", 6, 1, 0, 22) + b"\0\0" + struct.pack(">5I", 1, 0, 0, 0, 0)  # what the client has


def ixfr(*additional):
    return message(question("test", 251), counts=(1, 0, 1, len(additional))) + SERIAL + b"".join(additional)


ALLOWED = table(
    ("class-type/axfr-udp", "test. AXFR over=udp", "FORMERR", "NOTIMP", "REFUSED", "NOERROR tc", "NOERROR aa tc partial"),
    ("class-type/axfr", "www AXFR over=tcp", "NOTAUTH", "REFUSED", "FORMERR"),
    ("class-type/axfr", "example.com. AXFR over=tcp", "NOTAUTH", "REFUSED"),
    setting="transfer",
)

CHECKS = Checks()


@CHECKS("class-type/ixfr-udp", "IXFR over UDP, with the SOA that the client has", setting="transfer")
def _ixfr_udp(target):
    response = Response(target.ask(ixfr(), "udp"))
    assert response.rcode == 0, response.rcode_text
    assert [record.rdtype for record in response.sections["answer"]] == [dns.rdatatype.SOA], "not a single SOA"


def transferred(target, octets):
    """The records of a transfer, SOA to SOA, over one connection."""
    records = []
    with target.tcp() as client:
        client.send_message(octets)
        while True:
            response = Response(client.receive_message())
            assert response.rcode == 0, response.rcode_text
            assert response.id == 4711, f"ID {response.id}"
            records += response.sections["answer"]
            if len(records) > 1 and records[-1].rdtype == dns.rdatatype.SOA:
                return records


def zone(origin):
    """The records of a zone's file."""
    data = dns.zone.from_file(str(ZONES / f"{origin}zone"), origin, relativize=False)
    return [Record(owner, ttl, rdata.rdtype, rdata) for owner, ttl, rdata in data.iterate_rdatas()]


def the_whole_zone(target, octets, origin="test."):
    records, due = transferred(target, octets), zone(origin)
    assert records[0] == records[-1] and records[0].rdtype == dns.rdatatype.SOA, "it does not begin and end with the SOA"
    assert len(records) - 1 == len(due), f"{len(records) - 1} records, not {len(due)}"
    assert set(records) == set(due), f"not the zone: {next(iter(set(records) ^ set(due)))}"


@CHECKS("class-type/axfr", "AXFR of a zone", setting="transfer")
def _axfr(target):
    the_whole_zone(target, message(question("test", 252)))


@CHECKS("class-type/axfr", "AXFR with EDNS, in mixed case", setting="transfer")
def _axfr_edns(target):
    the_whole_zone(target, message(question("tEsT", 252), additional=[opt()]))


@CHECKS("class-type/axfr", "AXFR of a zone with an RRset of 60 KiB", setting="transfer")
def _axfr_big(target):
    the_whole_zone(target, message(question("huge", 252)), "huge.")


@CHECKS("class-type/axfr", "AXFR of every type that there is", setting="transfer")
def _axfr_types(target):
    the_whole_zone(target, message(question("types", 252)), "types.")


@CHECKS("class-type/axfr", "AXFR and a query behind it on one connection", setting="transfer")
def _axfr_and_query(target):
    with target.tcp() as client:
        client.send_message(message(question("test", 252), id=1))
        client.send_message(message(question("www.test"), id=2))
        seen, soas = set(), 0
        while soas < 2 or 2 not in seen:
            response = Response(client.receive_message())
            seen.add(response.id)
            if response.id == 1:
                soas += sum(record.rdtype == dns.rdatatype.SOA for record in response.sections["answer"])


@CHECKS("class-type/ixfr-tcp", "IXFR over TCP, with an old SOA", setting="transfer")
def _ixfr_tcp(target):
    the_whole_zone(target, ixfr())


def tsig(key="nobody", error=0, mac=b"\0" * 32, klass=255, ttl=0):
    algorithm = name("hmac-sha256")
    rdata = algorithm + struct.pack(">HIHH", 0, int(time.time()), 300, len(mac)) + mac + struct.pack(">HHH", 4711, error, 0)
    return name(key) + struct.pack(">HHIH", 250, klass, ttl, len(rdata)) + rdata


WWW = question("www.test")
FORMERR = "FORMERR any-opt"
TSIG = table(
    ("class-type/badkey", Raw("TSIG with a key that nobody knows", message(WWW, additional=[tsig()])), "NOTAUTH any-opt tsig=17"),
    ("class-type/badkey", Raw("the same with an OPT before it", message(WWW, additional=[opt(), tsig()])),
     "NOTAUTH any-opt tsig=17"),
    ("class-type/badkey", Raw("the same for a name that is not there", message(question("nothing.test"), additional=[tsig()])),
     "NOTAUTH any-opt tsig=17"),
    ("class-type/badkey", Raw("the same for a name outside every zone", message(question("example.com"), additional=[tsig()])),
     "NOTAUTH any-opt tsig=17", "REFUSED any-opt"),
    ("class-type/badkey", Raw("TSIG with an empty MAC", message(WWW, additional=[tsig(mac=b"")])), "NOTAUTH any-opt tsig=17",
     "FORMERR any-opt"),
    ("class-type/tsig-place", Raw("a TSIG before an OPT", message(WWW, additional=[tsig(), opt()])), FORMERR),
    ("class-type/tsig-place", Raw("two TSIGs", message(WWW, additional=[tsig(), tsig()])), FORMERR),
    ("class-type/tsig-place", Raw("a TSIG in the answer section", message(WWW, counts=(1, 1, 0, 0)) + tsig()), FORMERR),
    ("class-type/tsig-place", Raw("a TSIG in the authority section", message(WWW, counts=(1, 0, 1, 0)) + tsig()), FORMERR),
    ("class-type/tsig-place", Raw("a TSIG whose RDATA ends early", message(
        WWW, additional=[name("k") + b"\0\xfa\0\xff\0\0\0\0\0\3abc"])),
     FORMERR),
)

ROWS = CLASSES + CHAOS + HIDDEN + ANY + UNKNOWN + META + TRANSFERS + ALLOWED + TSIG + CHECKS
