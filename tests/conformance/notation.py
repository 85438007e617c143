"""How the tables write a query and its answer.

A query is a line of words, or Raw octets where no such line can say it:

    NAME TYPE [CLASS] [+rd +cd +ad +aa +tc +ra +z] [opcode=N] [id=N] [over=udp|tcp]
    with an OPT:      +edns [size=N] [version=N] [+do] [flags=HEX] [opt=CODE:HEX] [+nsid] [cookie=HEX] [+keepalive] [+padding]

An answer is `RCODE words | answer | authority | additional`, where what follows the last record may be left out:

    aa tc             flags; RD and CD are those of the query, every other one is clear
    do                DO is set; where the query had it, it goes without saying
    nsid cookie keepalive ede=N                options of the OPT, which is there where the query had one
    tsig=N            a TSIG with that error and no MAC
    no-question any-opt                        where the answer to a broken query has no question; may have an OPT
    partial           with tc: what is there is for nobody to use, and any part of the answer

Records are divided by `;`. A name without a dot at its end is relative to test. `www A` is that RRset as the zone
files have it; `x.wild A 192.0.2.7` is one record. The TTL, where it is not 3600 or not the zone file's, stands before
the type. SOA alone is that of test.; in authority, a SOA has the TTL of a negative answer. A record with `?` before it
is optional: we send it, others need not.

`silence`: no answer; over TCP the connection is closed. `anything`: any answer at all. `empty`: any whose answer
section is empty.
"""

import dataclasses
import pathlib
import re
import struct

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.zone

from support.wire import AA, AD, CD, RA, RD, TC, Z, message, opt

ORIGIN = dns.name.from_text("test.")
ZONES = pathlib.Path(__file__).with_name("zones")
TTL = 3600
FLAGS = {"aa": AA, "tc": TC, "rd": RD, "ra": RA, "z": Z, "ad": AD, "cd": CD}
NSID, COOKIE, KEEPALIVE, PADDING, EDE = 3, 10, 11, 12, 15


def name(text):
    return dns.name.from_text(text, ORIGIN)


def option(code, data=b""):
    return struct.pack(">HH", code, len(data)) + data


@dataclasses.dataclass(frozen=True)
class Raw:
    """A query as octets; `what` says what is wrong with it."""
    what: str
    octets: bytes

    over = None
    asks = None

    def __str__(self):
        return self.what


class Query:
    """A query as a line of words."""

    def __init__(self, text):
        self.text = text
        words = re.split(r"\s+", text)
        self.name = name(words[0])
        self.type = dns.rdatatype.from_text(words[1])
        classes = words[2:] and re.fullmatch(r"IN|CH|HS|NONE|ANY|CLASS\d+", words[2])
        self.klass = dns.rdataclass.from_text(words[2]) if classes else dns.rdataclass.IN
        self.values = {}
        self.words = set()
        self.options = []
        for word in words[3 if classes else 2:]:
            self._read(word)
        self.edns = bool(self.options or self.words & {"edns", "do"} or self.values.keys() & {"size", "version", "flags"})
        self.over = self.values.get("over")
        self.asks = self

    def _read(self, word):
        if word in ("+nsid", "+keepalive", "+padding"):
            code, data = {"+nsid": (NSID, b""), "+keepalive": (KEEPALIVE, b""), "+padding": (PADDING, bytes(16))}[word]
            self.options.append((code, data))
        elif word.startswith("+"):
            assert word[1:] in {*FLAGS, "edns", "do"}, word
            self.words.add(word[1:])
        elif word.startswith("opt="):
            code, data = word[4:].split(":")
            self.options.append((int(code), bytes.fromhex(data)))
        elif word.startswith("cookie="):
            self.options.append((COOKIE, bytes.fromhex(word[7:])))
        else:
            key, value = word.split("=")
            assert key in {"opcode", "id", "over", "size", "version", "flags"}, word
            self.values[key] = value

    def value(self, key, default):
        return int(self.values.get(key, default))

    @property
    def octets(self):
        question = self.name.to_wire() + struct.pack(">HH", self.type, self.klass)
        flags = sum(FLAGS[word] for word in self.words if word in FLAGS) | self.value("opcode", 0) << 11
        edns_flags = int(self.values.get("flags", "0"), 16) | (0x8000 if "do" in self.words else 0)
        additional = [opt(self.value("size", 1232), self.value("version", 0), edns_flags,
                          b"".join(option(code, data) for code, data in self.options))] if self.edns else []
        return message(question, flags=flags, additional=additional, id=self.value("id", 4711))

    def __str__(self):
        return self.text


class ZoneData:
    """What the zone files hold: where a table names an RRset without its data, it is this."""

    def __init__(self):
        self.rrsets = {}
        for file in sorted(ZONES.glob("*.zone")):
            zone = dns.zone.from_file(str(file), None, relativize=False, check_origin=False)
            for owner, rdataset in zone.iterate_rdatasets():
                self.rrsets.setdefault((owner, rdataset.rdtype), []).append(rdataset)

    def rrset(self, owner, rdtype):
        found = self.rrsets.get((owner, rdtype), [])
        assert found and all(other == found[0] for other in found), f"{owner} {rdtype.name}: not one RRset of the zone files"
        return found[0]

    def holds(self, owner, rdtype, rdata):
        return any(rdata in rdataset for rdataset in self.rrsets.get((owner, rdtype), []))


ZONE_DATA = ZoneData()


@dataclasses.dataclass(frozen=True)
class Record:
    owner: dns.name.Name
    ttl: int
    rdtype: int
    rdata: dns.rdata.Rdata
    klass: int = dns.rdataclass.IN
    optional: bool = dataclasses.field(default=False, compare=False)

    def __str__(self):
        text = self.rdata.to_text()
        return f"{self.owner} {self.ttl} {dns.rdatatype.to_text(self.rdtype)} {text if len(text) < 60 else text[:57] + '...'}"


def records(text, section, klass):
    found = []
    for line in filter(None, (line.strip() for line in text.split(";"))):
        optional = line.startswith("?")
        words = re.split(r"\s+", line.lstrip("?"), maxsplit=1)
        if words == ["SOA"]:
            words = ["test.", "SOA"]
        owner, rest = name(words[0]), words[1]
        ttl = re.match(r"\d+\s+", rest)
        rest = rest[ttl.end():] if ttl else rest
        rdtype, *rdata = rest.split(None, 1)
        rdtype = dns.rdatatype.from_text(rdtype)
        if rdata:
            given = [dns.rdata.from_text(klass, rdtype, rdata[0], ORIGIN, False)]
            data_ttl = 0 if klass == dns.rdataclass.CH else TTL
        else:
            rrset = ZONE_DATA.rrset(owner, rdtype)
            given, data_ttl = list(rrset), rrset.ttl
            if rdtype == dns.rdatatype.SOA and section == "authority":
                data_ttl = min(rrset.ttl, rrset[0].minimum)
        found += [Record(owner, int(ttl[0]) if ttl else data_ttl, rdtype, rdata, klass, optional) for rdata in given]
    return found


class Expected:
    """An answer as a table writes it."""

    SECTIONS = ("answer", "authority", "additional")

    def __init__(self, text, klass):
        self.text = text
        head, *sections = text.split("|")
        words = head.split()
        self.kind = words[0] if words[0] in ("silence", "anything", "empty") else "answer"
        if self.kind != "answer":
            return
        self.rcode = dns.rcode.from_text(words[0])
        self.words = {word for word in words[1:] if "=" not in word}
        self.values = {key: int(value) for key, value in (word.split("=") for word in words[1:] if "=" in word)}
        unknown = (self.words - {*FLAGS, "do", "nsid", "cookie", "keepalive", "no-question", "any-opt", "partial"}) \
            | (self.values.keys() - {"ede", "tsig"})
        assert not unknown, f"{text}: {unknown}"
        sections += [""] * (3 - len(sections))
        self.records = {section: records(text, section, klass) for section, text in zip(self.SECTIONS, sections)}

    def __str__(self):
        return self.text


def rdata_of(message_section):
    return [Record(rrset.name, rrset.ttl, rrset.rdtype, rdata, rrset.rdclass) for rrset in message_section for rdata in rrset]
