"""The header and the question: RFC 1035 §4.1, 8906, 9619."""

from conformance.notation import COOKIE, Raw, option
from conformance.row import table
from support.wire import QR, message, name, opt, question

GOOD = question("www.test")
L63, L64 = "x" * 63, b"\x40" + b"x" * 64
CLIENT_COOKIE = opt(options=option(COOKIE, bytes(range(8))))


def qname(octets):
    return message(octets + b"\0\1\0\1")


def long_name(octets):
    """A name of so many octets, of labels of 63."""
    whole, rest = divmod(octets - 1, 64)
    assert rest != 1
    return (b"\x3f" + L63.encode()) * whole + (bytes([rest - 1]) + b"y" * (rest - 1) if rest else b"") + b"\0"


FORMERR = "FORMERR any-opt"

SILENCE = table(
    ("header/short", Raw("no octets at all", b""), "silence"),
    ("header/short", Raw("one octet", b"\0"), "silence"),
    ("header/short", Raw("two octets, an ID", b"\x12\x67"), "silence"),
    ("header/short", Raw("eleven octets of a header", message(GOOD)[:11]), "silence"),
    ("header/response", Raw("a query with QR=1", message(GOOD, flags=QR)), "silence"),
    ("header/response", Raw("a malformed message with QR=1", message(flags=QR, counts=(9, 9, 9, 9))), "silence"),
    ("header/response", Raw("a response with an opcode that nobody knows", message(GOOD, flags=QR | 9 << 11)), "silence"),
    ("header/response", Raw("a NOTIFY response", message(GOOD, flags=QR | 4 << 11)), "silence"),
    ("header/response", Raw("a header alone with QR=1", message(flags=QR)), "silence"),
)

# RFC 9619: a QDCOUNT above 1 with opcode 0 is FORMERR. RFC 7873 §5.4: none is for cookies alone.
COUNTS = table(
    ("header/qdcount-many", Raw("two questions", message(GOOD, question("mail.test"))), FORMERR),
    ("header/qdcount-many", Raw("the same question twice", message(GOOD, GOOD)), FORMERR),
    ("header/qdcount-many", Raw("65535 questions, with one there", message(GOOD, counts=(65535, 0, 0, 0))), FORMERR),
    ("header/qdcount-zero", Raw("a header alone", message()), FORMERR + " no-question"),
    ("header/qdcount-zero", Raw("no question and an OPT without COOKIE", message(additional=[opt()])), FORMERR + " no-question"),
    ("header/qdcount-zero", Raw("no question and a client cookie", message(additional=[CLIENT_COOKIE])),
     "NOERROR any-opt cookie no-question"),
    ("header/counts", Raw("a question that is not there", message(counts=(1, 0, 0, 0))), FORMERR),
    ("header/counts", Raw("an answer that is not there", message(GOOD, counts=(1, 1, 0, 0))), FORMERR, "silence"),
    ("header/counts", Raw("an authority record that is not there", message(GOOD, counts=(1, 0, 1, 0))), FORMERR, "silence"),
    ("header/counts", Raw("an additional record that is not there", message(GOOD, counts=(1, 0, 0, 1))), FORMERR, "silence"),
    ("header/counts", Raw("65535 of each", message(GOOD, counts=(1, 65535, 65535, 65535))), FORMERR, "silence"),
    ("header/counts", Raw("a record that ends in its TTL", message(
        GOOD, counts=(1, 0, 0, 1)) + b"\0\0\x01\0\1\0\0"), FORMERR, "silence"),
    ("header/counts", Raw("RDATA that overruns", message(GOOD, additional=[b"\0\0\1\0\1\0\0\0\0\0\5ab"])), FORMERR, "silence"),
)

QNAMES = table(
    ("header/qname", Raw("a compression pointer to itself", qname(b"\xc0\x0c")), FORMERR),
    ("header/qname", Raw("a compression pointer ahead", qname(b"\xc0\x12")), FORMERR),
    ("header/qname", Raw("a compression pointer into the header", qname(b"\xc0\x00")), FORMERR),
    ("header/qname", Raw("a compression pointer beyond the end", qname(b"\xff\xff")), FORMERR),
    ("header/qname", Raw("a compression pointer behind a label", qname(b"\3www\xc0\x0c")), FORMERR),
    ("header/qname", Raw("a label of 64 octets, label type 01", qname(L64 + b"\0")), FORMERR),
    ("header/qname", Raw("label type 01, an extended label", qname(b"\x41\0\0")), FORMERR),
    ("header/qname", Raw("label type 10", qname(b"\x80" + b"x" * 128 + b"\0")), FORMERR),
    ("header/qname", Raw("label type 10 behind a label", qname(b"\3www\x80\0")), FORMERR),
    ("header/qname", Raw("a name of 256 octets", qname(long_name(256))), FORMERR),
    ("header/qname", Raw("a name of 300 octets", qname(long_name(300))), FORMERR),
    ("header/qname", Raw("a name that ends in a label", message(b"\3www\4te")), FORMERR),
    ("header/qname", Raw("a name without its root label", message(b"\3www\4test")), FORMERR),
    ("header/qname", Raw("a question without a type", message(name("www.test"))), FORMERR),
    ("header/qname", Raw("a question without a class", message(GOOD[:-2])), FORMERR),
    ("header/qname", Raw("half a class", message(GOOD[:-1])), FORMERR),
    # At the limits it is a name.
    ("header/qname", "x" * 63 + " A", "NXDOMAIN aa | | SOA"),
    ("header/qname", ".".join(["x" * 63] * 3 + ["y" * 56, "test."]) + " A", "NXDOMAIN aa | | SOA"),
    ("header/qname", "x." * 124 + "test. A", "NXDOMAIN aa | | SOA"),
    ("header/qname", "a\\000b A", "NXDOMAIN aa | | SOA"),
    ("header/qname", "\\255\\128 A", "NXDOMAIN aa | | SOA"),
)

SOA_ONLY = question("test", 6)
UNKNOWN = [opcode for opcode in range(1, 16) if opcode not in (4, 5)]

# Opcode 6, stateful operations (RFC 8490), is one that some servers know.
OPCODES = table(
    *(("header/opcode", f"www A opcode={opcode}", "NOTIMP", *(["anything"] if opcode == 6 else []))
      for opcode in UNKNOWN),
    *(("header/opcode", Raw(f"a header alone, opcode {opcode}", message(flags=opcode << 11)), "NOTIMP no-question",
       *(["anything"] if opcode == 6 else ["FORMERR"])) for opcode in (2, 6, 15)),
    ("header/opcode", Raw("an unknown opcode with counts that lie", message(flags=11 << 11, counts=(7, 7, 7, 7))),
     "NOTIMP no-question any-opt", FORMERR),
    ("header/opcode", "www A opcode=3 +edns", "NOTIMP ede=21"),
    ("header/notify-update", "test. SOA opcode=4 +aa", "NOTIMP", "anything"),
    ("header/notify-update", "example.com. SOA opcode=4 +aa", "NOTIMP", "anything"),
    ("header/notify-update", "test. SOA opcode=5", "NOTIMP", "REFUSED"),
    ("header/notify-update", "example.com. SOA opcode=5", "NOTIMP", "REFUSED", "NOTAUTH"),
    ("header/notify-update", Raw("an UPDATE that deletes a name", message(
        SOA_ONLY, flags=5 << 11, counts=(1, 0, 1, 0)) + name("www.test") + b"\0\xff\0\xff\0\0\0\0\0\0"), "NOTIMP", "REFUSED"),
)

COPIED = table(
    *(("header/copied", f"www A id={id}", "NOERROR aa | www A") for id in (0, 1, 0x1234, 0xffff)),
    ("header/copied", "www A +rd", "NOERROR aa | www A"),
    ("header/copied", "www A +cd", "NOERROR aa | www A"),
    ("header/copied", "www A +rd +cd", "NOERROR aa | www A"),
    ("header/copied", "nothing A +rd +cd", "NXDOMAIN aa | | SOA"),
    ("header/copied", "www.example.com. A +rd +cd", "REFUSED"),
    ("header/copied", "wWw.TeSt. A", "NOERROR aa | www A"),
    ("header/copied", "mixed.tEsT. A", "NOERROR aa | mixed A"),
    ("header/copied", "NoThInG.TEST. A", "NXDOMAIN aa | | SOA"),
    ("header/copied", "X.WILD.TEST. A", "NOERROR aa | x.wild A 192.0.2.7"),
    ("header/copied", "A.OLD.DNAME. A", "NOERROR aa | old.dname. DNAME; a.old.dname. CNAME a.new.dname.; a.new.dname. A"),
    ("header/copied", "EXAMPLE.COM. A", "REFUSED"),
    ("header/cleared", "www A +z", "NOERROR aa | www A"),
    ("header/cleared", "www A +ad", "NOERROR aa | www A"),
    ("header/cleared", "www A +ra", "NOERROR aa | www A"),
    ("header/cleared", "www A +tc", "NOERROR aa | www A", "silence", "FORMERR"),
    ("header/cleared", "www A +aa +z +ad +ra +rd +cd", "NOERROR aa | www A"),
    ("header/cleared", "nothing A +aa +z +ad +ra", "NXDOMAIN aa | | SOA"),
    ("header/cleared", "www.example.com. A +aa +z +ad +ra", "REFUSED"),
)

AA = table(
    ("header/aa", "www A", "NOERROR aa | www A"),
    ("header/aa", "www MX", "NOERROR aa | | SOA"),
    ("header/aa", "nothing A", "NXDOMAIN aa | | SOA"),
    ("header/aa", "www.example.com. A +aa", "REFUSED"),
    ("header/aa", "www A CLASS0 +aa", "REFUSED", "FORMERR", "NOTIMP"),
    ("header/aa", "www A opcode=2 +aa", "NOTIMP"),
    ("header/aa", "www A version=1 +aa", "BADVERS"),
    ("header/aa", Raw("a malformed query with AA=1", message(b"\3www\xc0\x0c\0\1\0\1", flags=0x0400)), FORMERR),
    ("header/aa", "cut A", "NOERROR | | cut NS | ns.cut A; ns.cut AAAA"),
)

ANSWER = "NOERROR aa any-opt | www A"
TRAILING = table(
    ("header/trailing", Raw("one octet behind the question", message(GOOD) + b"\0"), FORMERR, ANSWER, "silence"),
    ("header/trailing", Raw("a whole message behind the question", message(GOOD) * 2), FORMERR, ANSWER, "silence"),
    ("header/trailing", Raw("an octet behind an OPT", message(GOOD, additional=[opt()]) + b"\0"), FORMERR, ANSWER,
     "silence"),
    ("header/trailing", Raw("an OPT that ARCOUNT does not count", message(GOOD) + CLIENT_COOKIE), FORMERR, ANSWER, "silence"),
)

ROWS = SILENCE + COUNTS + QNAMES + OPCODES + COPIED + AA + TRAILING
