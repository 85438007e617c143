"""Whether a response is what a row expects.

strict: ours, where everything is decided. Else as the RFCs have it: others may leave out what is optional, repeat the
zone's SOA or NS beside an answer, add addresses that the zones hold, and keepalive over TCP (RFC 7828 §3.3.2); they may
set AA with an error that is not about authority, but in the rows about that bit.
"""

import collections
import dataclasses
import struct

import dns.exception
import dns.flags
import dns.name
import dns.opcode
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.wire

from conformance.notation import AA, CD, COOKIE, EDE, KEEPALIVE, NSID, PADDING, RD, TC, ZONE_DATA, Record

OF_THE_ZONE = (dns.rdatatype.SOA, dns.rdatatype.NS)
UDP_SIZE = 1232  # what we advertise
NOT_UNDERSTOOD = (dns.rcode.FORMERR, dns.rcode.NOTIMP)  # to which others may leave out what they did not read
NOT_OF_AUTHORITY = (*NOT_UNDERSTOOD, dns.rcode.SERVFAIL, dns.rcode.BADVERS, dns.rcode.BADCOOKIE)
ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)
BITS = {0x8000: "QR", AA: "AA", TC: "TC", RD: "RD", 0x80: "RA", 0x40: "Z", 0x20: "AD", CD: "CD"}


class Wrong(Exception):
    """Why a response is not what was expected."""


def require(condition, why):
    if not condition:
        raise Wrong(why)


class Response:
    """A message as it stands there, read to its last octet."""

    def __init__(self, octets):
        require(octets is not None, "no answer")
        self.octets = octets
        try:
            self._read()
        except (dns.exception.DNSException, ValueError, struct.error) as error:
            raise Wrong(f"the response does not parse: {type(error).__name__} {error}") from error

    def _read(self):
        self.id, bits, questions, *counts = struct.unpack(">6H", self.octets[:12])
        self.flags, self.opcode, self.rcode = bits & 0x87f0, bits >> 11 & 15, bits & 15
        parser = dns.wire.Parser(self.octets, 12)
        self.questions = []
        for _ in range(questions):
            self.questions.append((parser.get_name(), *parser.get_struct("!HH")))
        self.question = self.octets[12:parser.current]
        self.opt = self.tsig = None
        self.sections = {}
        for section, count in zip(("answer", "authority", "additional"), counts):
            self.sections[section] = [record for record in (self._record(parser) for _ in range(count)) if record]
        require(parser.remaining() == 0, f"{parser.remaining()} octets after the last record")

    def _record(self, parser):
        owner = parser.get_name()
        rdtype, klass, ttl, size = parser.get_struct("!HHIH")
        with parser.restrict_to(size):
            rdata = dns.rdata.from_wire_parser(klass, rdtype, parser)
        if rdtype == dns.rdatatype.OPT:
            require(self.opt is None, "two OPTs")
            require(owner == dns.name.root, f"an OPT at {owner}")
            self.opt, self.payload, self.version, self.edns_flags = rdata, klass, ttl >> 16 & 0xff, ttl & 0xffff
            self.rcode |= ttl >> 24 << 4
        elif rdtype == dns.rdatatype.TSIG:
            self.tsig = rdata
        else:
            return Record(owner, ttl, rdtype, rdata, klass)

    def options(self, code):
        return [option.to_wire() for option in self.opt.options if option.otype == code] if self.opt else []

    @property
    def rcode_text(self):
        return dns.rcode.to_text(self.rcode) if self.rcode != 16 else "BADVERS"


def flags_text(bits):
    return " ".join(text for bit, text in BITS.items() if bits & bit) or "none"


def judge(query, expected, octets, over, strict, about):
    """None where `octets` is what `expected` says of an answer to `query`, else one line why not. No octets: no answer came."""
    try:
        if expected.kind == "silence":
            require(octets is None, "answered, with " + Response(octets or bytes(12)).rcode_text)
        elif octets is None:
            raise Wrong("no answer")
        elif expected.kind == "empty":
            require(not Response(octets).sections["answer"], "an answer")
        elif expected.kind == "answer":
            _judge(query, expected, Response(octets), over, strict, about)
        return None
    except Wrong as wrong:
        return str(wrong)


def _judge(query, expected, response, over, strict, about):
    sent_id, sent_bits = struct.unpack(">HH", query.octets[:4])
    require(response.id == sent_id, f"ID {response.id}, not {sent_id}")
    require(response.opcode == sent_bits >> 11 & 15, f"opcode {response.opcode}")
    require(response.rcode == expected.rcode, f"{response.rcode_text}, not {dns.rcode.to_text(expected.rcode)}")
    flags = 0x8000 | sent_bits & (RD | CD) | (AA if "aa" in expected.words else 0) | (TC if "tc" in expected.words else 0)
    if not strict and about != "header/aa" and expected.rcode in NOT_OF_AUTHORITY:
        flags |= response.flags & AA
    require(response.flags == flags, f"flags {flags_text(response.flags)}, not {flags_text(flags)}")
    _judge_question(query, expected, response, strict)
    _judge_opt(query, expected, response, over, strict)
    if "tsig" in expected.values:
        require(response.tsig is not None, "no TSIG")
        require(response.tsig.error == expected.values["tsig"], f"TSIG error {response.tsig.error}")
        require(response.tsig.mac == b"", "a signed TSIG error")
    if "partial" not in expected.words:
        _judge_records(expected, response, strict)


def _judge_question(query, expected, response, strict):
    if "no-question" in expected.words:
        require(not response.questions, "a question where none can be copied")
    elif query.asks and (strict or response.questions or expected.rcode not in (*NOT_UNDERSTOOD, dns.rcode.REFUSED)):
        size = len(query.asks.name.to_wire()) + 4
        require(response.question == query.octets[12:12 + size], "the question is not copied octet for octet")


def _judge_opt(query, expected, response, over, strict):
    if "any-opt" not in expected.words:
        due = bool(query.asks and query.asks.edns)
        may_lack = not strict and expected.rcode in NOT_UNDERSTOOD and response.opt is None
        require((response.opt is not None) == due or may_lack, "no OPT" if due else "an OPT")
    if response.opt is None:
        return
    require(response.version == 0, f"EDNS version {response.version}")
    sent_do = bool(query.asks) and ("do" in query.asks.words or bool(int(query.asks.values.get("flags", "0"), 16) & 0x8000))
    if query.asks and (strict or response.rcode != dns.rcode.BADVERS):
        require(response.edns_flags == (0x8000 if sent_do else 0), f"EDNS flags {response.edns_flags:04x}")
    require(response.payload >= 512, f"an OPT with size {response.payload}")
    require(not strict or response.payload == UDP_SIZE, f"an OPT with size {response.payload}")
    for code, word, optional in ((NSID, "nsid", False), (COOKIE, "cookie", False), (KEEPALIVE, "keepalive", True)):
        count = len(response.options(code))
        if word in expected.words and (strict or not optional):
            require(count == 1, f"no {word} option")
        elif word not in expected.words and not (optional and over == "tcp" and not strict):
            require(count == 0, f"a {word} option")
    require(not response.options(PADDING), "padding")
    if strict:
        codes = [int.from_bytes(data[:2], "big") for data in response.options(EDE)]
        due = [expected.values["ede"]] if "ede" in expected.values else []
        require(codes == due, f"extended errors {codes}, not {due}")


def _judge_records(expected, response, strict):
    for section in expected.SECTIONS:
        due, got = expected.records[section], response.sections[section]
        if not strict:  # what CHAOS has no zone for has no TTL that anybody decided
            got = [dataclasses.replace(record, ttl=0) if record.klass == dns.rdataclass.CH else record for record in got]
        if section == "answer" and strict:
            require(_order(due) == _order(got), f"{section}: {_list(got)}; not {_list(due)}")
        missing = collections.Counter(due) - collections.Counter(got)
        surplus = collections.Counter(got) - collections.Counter(due)
        if not strict:
            missing = [record for record in due if record in missing and not record.optional]
            surplus = [record for record in surplus.elements() if not _may_be_added(record, section, expected, response)]
        require(not missing, f"{section} lacks {_list(missing)}")
        require(not surplus, f"{section} has {_list(surplus)}")


def _order(section):
    """The RRsets in their order; that of the records in each is free."""
    return list(dict.fromkeys((record.owner, record.rdtype) for record in section))


def _may_be_added(record, section, expected, response):
    """RFC 1034 §4.3.2 and RFC 2181 §5.4.1 leave to a server what it adds beside the answer, as long as it is true."""
    true = ZONE_DATA.holds(record.owner, record.rdtype, record.rdata)
    if section == "authority":
        of_zone = true or record.klass == dns.rdataclass.CH
        return of_zone and record.rdtype in OF_THE_ZONE and bool(expected.records["answer"])
    named = any(record.owner.to_digestable() in other.rdata.to_digestable()
                for others in response.sections.values() for other in others)
    return section == "additional" and true and record.rdtype in ADDRESSES and named


def _list(found):
    texts = [str(record) for record in found]
    return "; ".join(texts[:3]) + (f" and {len(texts) - 3} more" if len(texts) > 3 else "") if texts else "nothing"
