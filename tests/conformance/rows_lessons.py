"""Where servers fell in the last years, as far as it can be asked from outside."""

import re

import requests

from conformance.notation import Raw
from conformance.row import Checks, table
from support.wire import QR, message, question

FORMERR = "FORMERR any-opt"

ROWS_ASKED = table(
    # What one transport refuses the other refuses.
    ("lessons/second-way", Raw("malformed over TCP", message(b"\xc0\x0c\0\1\0\1")), FORMERR),
    ("lessons/second-way", "www.example.com. A over=tcp +edns", "REFUSED ede=20"),
    ("lessons/second-way", "www A CLASS0 over=tcp", "REFUSED", "FORMERR", "NOTIMP"),
    ("lessons/second-way", Raw("a response", message(question("www.test"), flags=QR)), "silence"),
    ("lessons/labels", "mytest. A", "REFUSED"),
    ("lessons/labels", "www.mytest. A", "REFUSED"),
    ("lessons/labels", "www.notexample.net. A", "REFUSED"),
    ("lessons/labels", "xwww A", "NXDOMAIN aa | | SOA"),
    ("lessons/labels", "xcut A", "NXDOMAIN aa | | SOA"),
    ("lessons/labels", "www.xcut A", "NXDOMAIN aa | | SOA"),
    ("lessons/labels", "xold.dname. A", "NXDOMAIN aa | | dname. SOA"),
    ("lessons/labels", "a.xold.dname. A", "NXDOMAIN aa | | dname. SOA"),
    ("lessons/labels", "xwild A", "NXDOMAIN aa | | SOA"),
    ("lessons/labels", "\\003www\\004test A", "NXDOMAIN aa | | SOA"),  # one label that looks like two in wire form
    *(("lessons/units", f"{host} A id={id}", f"NOERROR aa | {host} {ttl} A 192.0.2.6")
      for id in (1, 0xffff) for host, ttl in (("minute", 60), ("day", 86400))),
    *(("lessons/edges", f"{host} TYPE65535{words}", ours, "FORMERR", "NOTIMP", "REFUSED")
      for host, ours in (("www", "NOERROR aa | | SOA"), ("nothing", "NXDOMAIN aa | | SOA"), ("x.wild", "NOERROR aa | | SOA"),
                         ("alias", "NOERROR aa | alias CNAME | SOA"), ("a.old.dname.",
                          "NOERROR aa | old.dname. DNAME; a.old.dname. CNAME a.new.dname. | dname. SOA"))
      for words in ("", " +edns +do")),
    ("lessons/edges", "www A CLASS65535 id=65535", "REFUSED", "FORMERR", "NOTIMP"),
)

CHECKS = Checks()


def admin(target, path, **options):
    with requests.Session() as session:
        session.trust_env = False
        return session.get(f"http://127.0.0.1:{target.process.admin_port}{path}", timeout=10, **options)


def samples(target):
    return set(re.findall(r"^[a-z_]+(?:\{[^}]*\})?", admin(target, "/metrics").text, re.MULTILINE))


@CHECKS("lessons/wire-labels", "names, types, classes and opcodes that nobody knows add no sample", only_ours=True)
def _wire_labels(target):
    asked = [message(question(f"n{i}.test", 40000 + i, 1 + i % 7), flags=i % 16 << 11) for i in range(200)]
    for octets in asked[:100]:
        target.ask(octets, "udp")
    before = samples(target)
    for octets in asked[100:]:
        target.ask(octets, "udp")
    assert samples(target) == before, f"{samples(target) ^ before}"


@CHECKS("lessons/admin", "requests with bodies, long lines and many headers are refused", only_ours=True)
def _admin(target):
    assert admin(target, "/metrics", data=b"x" * 1_000_000).status_code >= 400
    assert admin(target, "/" + "x" * 20_000).status_code >= 400
    assert admin(target, "/health").status_code == 200


ROWS = ROWS_ASKED + CHECKS
