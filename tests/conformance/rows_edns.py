"""EDNS: RFC 6891 and the options of 5001, 7828, 7830, 7873, 8914, 9018."""

import socket
import struct
import time

import dns.rcode

from conformance.cookie import server_cookie
from conformance.judge import Response
from conformance.notation import COOKIE, KEEPALIVE, NSID, Raw, option
from conformance.row import Checks, table
from conformance.settings import IDENTITY, OLD_SECRET, SECRET
from support.wire import message, name, opt, question

WWW = question("www.test")
A = "NOERROR aa | www A"
N40, N100 = "NOERROR aa | n40.big. A", "NOERROR aa | n100.big. A"
TC = ("NOERROR aa tc", "NOERROR aa tc partial")

OPT = table(
    ("edns/opt", "www A", A),
    ("edns/opt", "www A +edns", A),
    ("edns/opt", "nothing A", "NXDOMAIN aa | | SOA"),
    ("edns/opt", "nothing A +edns", "NXDOMAIN aa | | SOA"),
    ("edns/opt", "www.example.com. A", "REFUSED"),
    ("edns/opt", "www.example.com. A +edns", "REFUSED ede=20"),
    ("edns/opt", "www.cut A +edns", "NOERROR | | cut NS | ns.cut A; ns.cut AAAA"),
    ("edns/opt", "n40.big. A over=udp size=512", *TC),
    ("edns/opt", "n40.big. A over=udp", *TC),
    ("edns/small", "n40.big. A over=udp size=0", *TC),
    ("edns/small", "n40.big. A over=udp size=511", *TC),
    ("edns/small", "www A size=0", A),
    ("edns/small", "www AAAA size=1", "NOERROR aa | www AAAA"),
    ("edns/size", "n40.big. A over=udp size=1232", N40),
    ("edns/size", "n100.big. A over=udp size=1232", *TC),
    ("edns/size", "n100.big. A over=udp size=4096", *TC, N100),
    ("edns/size", "n100.big. A over=udp size=65535", *TC, N100),
    ("edns/version", "www A version=1", "BADVERS"),
    ("edns/version", "www A version=255", "BADVERS"),
    ("edns/version", "nothing A version=1", "BADVERS"),
    ("edns/version", "www A version=1 +do", "BADVERS"),
    ("edns/version", "www A version=1 opt=65001:00", "BADVERS"),
    ("edns/version", "www.example.com. A version=1", "BADVERS", "REFUSED"),
    ("edns/options", "www A opt=65001:", A),
    ("edns/options", "www A opt=65001:68656c6c6f", A),
    ("edns/options", "www A opt=0:00 opt=65535:ff", A),
    ("edns/options", Raw("100 options", message(WWW, additional=[opt(options=option(65001, b"x") * 100)])),
     "NOERROR aa any-opt | www A"),
    ("edns/options", "www A opt=8:00011800c00002", A, "NOERROR aa any-opt | www A"),  # a client subnet
    ("edns/options", "www A opt=1000:00 opt=2000:0807 opt=3000:0474657374", A),
    ("edns/flags", "www A +do", "NOERROR aa do | www A"),
    ("edns/flags", "www A flags=7fff", A),
    ("edns/flags", "www A flags=ffff", A),
    ("edns/flags", "www A flags=0001", A),
    ("edns/flags", "nothing A +do", "NXDOMAIN aa do | | SOA"),
    ("edns/flags", "www.example.com. A +do", "REFUSED do ede=20"),
)

FORMERR = "FORMERR any-opt"


def with_opt(*additional):
    return message(WWW, additional=additional)


MALFORMED = table(
    ("edns/two", Raw("two OPTs", with_opt(opt(), opt())), FORMERR),
    ("edns/two", Raw("two OPTs with a record between", with_opt(opt(), name("a") + b"\0\1\0\1\0\0\0\0\0\4abcd", opt())), FORMERR),
    ("edns/two", Raw("three OPTs of version 1", with_opt(*[opt(version=1)] * 3)), FORMERR, "BADVERS any-opt"),
    ("edns/owner", Raw("an OPT at a name", with_opt(opt(owner=b"\1a\0"))), FORMERR),
    ("edns/owner", Raw("an OPT at a compression pointer", with_opt(opt(owner=b"\xc0\x0c"))), FORMERR),
    ("edns/owner", Raw("an OPT in the answer section", message(WWW, counts=(1, 1, 0, 0)) + opt()), FORMERR, "anything"),
    ("edns/owner", Raw("an OPT in the authority section", message(WWW, counts=(1, 0, 1, 0)) + opt()), FORMERR, "anything"),
    ("edns/overrun", Raw("an option that overruns by one", with_opt(opt(options=struct.pack(">HH", 65001, 2) + b"x"))), FORMERR),
    ("edns/overrun", Raw("an option of 65535 octets", with_opt(opt(options=struct.pack(">HH", 65001, 65535)))), FORMERR),
    ("edns/overrun", Raw("half an option's header", with_opt(opt(options=b"\0\3\0"))), FORMERR),
    ("edns/overrun", Raw("one octet of options", with_opt(opt(options=b"\0"))), FORMERR),
    ("edns/overrun", Raw("an OPT whose RDATA is cut", with_opt(opt()[:-2] + b"\0\5x")), FORMERR),
    ("edns/overrun", Raw("an OPT without its last octet", with_opt(opt()[:-1])), FORMERR),
)

COOKIES = table(
    *(("edns/cookie-size", f"www A cookie={'ab' * size}", FORMERR) for size in (1, 7, 9, 15, 41)),
    ("edns/cookie-size", Raw("an empty COOKIE", with_opt(opt(options=option(COOKIE)))), FORMERR),
    *(("edns/cookie-size", f"www A cookie={'ab' * size}", f"{A.replace('aa', 'aa cookie')}", "BADCOOKIE cookie")
      for size in (8, 16, 24, 32, 40)),
    ("edns/cookie", "nothing A cookie=0102030405060708", "NXDOMAIN aa cookie | | SOA", "BADCOOKIE cookie"),
    ("edns/cookie", "www.example.com. A cookie=0102030405060708", "REFUSED cookie ede=20", "BADCOOKIE cookie"),
    ("edns/cookie", "www A version=1 cookie=0102030405060708", "BADVERS", "BADVERS cookie"),
)

NSIDS = table(
    ("edns/nsid", "www A +edns", A),
    ("edns/nsid", "www A +nsid", "NOERROR aa nsid | www A"),
    ("edns/nsid", "nothing A +nsid", "NXDOMAIN aa nsid | | SOA"),
    ("edns/nsid", "www.example.com. A +nsid", "REFUSED nsid ede=20"),
    ("edns/nsid", "www A opt=3:00", "NOERROR aa nsid | www A", "FORMERR any-opt", A),  # RFC 5001 §2.1: empty; else undefined
    ("edns/keepalive", "www A +keepalive over=udp", A),
    ("edns/keepalive", "www A +edns over=tcp", A, "NOERROR aa keepalive | www A"),
    ("edns/keepalive", "www A +keepalive over=tcp", "NOERROR aa keepalive | www A", A),
    ("edns/keepalive", "nothing A +keepalive over=tcp", "NXDOMAIN aa keepalive | | SOA", "NXDOMAIN aa | | SOA"),
    # RFC 7828 §3.2.1: a client sends no timeout; over UDP the option means nothing.
    ("edns/keepalive", "www A opt=11:0064 over=tcp", FORMERR, A, "NOERROR aa keepalive | www A"),
    ("edns/keepalive", "www A opt=11:0064 over=udp", A, FORMERR),
    ("edns/padding", "www A +padding", A),
    ("edns/padding", "nothing A +padding", "NXDOMAIN aa | | SOA"),
    ("edns/ede", "www A +edns", A),
    ("edns/ede", "nothing A +edns", "NXDOMAIN aa | | SOA"),
    ("edns/ede", "www A HS +edns", "REFUSED ede=20", "anything"),
    ("edns/ede", "test. AXFR +edns over=tcp", "REFUSED ede=18", "NOTAUTH", "NOTIMP"),
    ("edns/ede", "www.example.com. AAAA +edns over=tcp", "REFUSED ede=20"),
)

CHECKS = Checks()
CLIENT = bytes(range(1, 9))


def local_address(target):
    with target.udp() as client:
        return socket.inet_aton(client.socket.getsockname()[0])


def ask_with_cookie(target, cookie, over="udp"):
    """The rcode of a query that is cookies alone (RFC 7873 §5.4), and the cookie that comes back.

    Others, where they do not know such queries, are asked for a name.
    """
    additional = [opt(options=option(COOKIE, cookie))]
    octets = target.ask(message(additional=additional), over)
    if not target.ours and (octets is None or Response(octets).rcode == dns.rcode.FORMERR):
        octets = target.ask(message(WWW, additional=additional), over)
    response = Response(octets)
    cookies = response.options(COOKIE)
    assert len(cookies) == 1, "no COOKIE in the response"
    return response.rcode, cookies[0]


def made(target, age=0, secret=SECRET, client=CLIENT, address=None):
    return client + server_cookie(secret, client, address or local_address(target), int(time.time()) - age)


def is_good(target, cookie):
    """Whether the server takes it; what it gives instead of a bad one it takes."""
    rcode, fresh = ask_with_cookie(target, cookie)
    if rcode == dns.rcode.BADCOOKIE:
        assert ask_with_cookie(target, fresh)[0] == dns.rcode.NOERROR, "the new cookie is no good"
        return False
    assert rcode == dns.rcode.NOERROR, f"rcode {rcode}"
    return True


@CHECKS("edns/cookie", "16 octets: version 1, three zeros, the time, SipHash-2-4 of it all")
def _shape(target):
    for over in ("udp", "tcp"):
        _, cookie = ask_with_cookie(target, CLIENT, over)
        assert cookie[:8] == CLIENT, "the client cookie is not copied"
        assert len(cookie) == 24, f"a server cookie of {len(cookie) - 8} octets"
        assert cookie[8:12] == b"\1\0\0\0", f"version and reserved {cookie[8:12].hex()}"
        when = int.from_bytes(cookie[12:16], "big")
        assert abs(when - time.time()) < 5, "the time is not now"
        assert cookie[8:] == server_cookie(SECRET, CLIENT, local_address(target), when), "the hash is not RFC 9018's"


for _what, _age in (("now", 0), ("29 minutes ago", 29 * 60), ("59 minutes ago", 59 * 60), ("4 minutes ahead", -240)):
    @CHECKS("edns/cookie-age", f"a server cookie made {_what} is good")
    def _young(target, age=_age):
        assert is_good(target, made(target, age)), "BADCOOKIE"


for _what, _age in (("61 minutes ago", 61 * 60), ("a day ago", 86400), ("6 minutes ahead", -360)):
    @CHECKS("edns/cookie-age", f"a server cookie made {_what} is no good")
    def _old(target, age=_age):
        assert not is_good(target, made(target, age)), "it is"


@CHECKS("edns/cookie-age", "one that is over half an hour old is replaced")
def _renewed(target):
    old = made(target, 31 * 60)
    assert ask_with_cookie(target, old)[1] != old, "the old cookie comes back"


FORGED = [("of another secret", lambda target: made(target, secret=bytes(16))),
          ("of another address", lambda target: made(target, address=b"\xc0\0\2\1")),
          ("of another client cookie", lambda target: CLIENT + made(target, client=b"another.")[8:]),
          ("with a bit turned", lambda target: made(target)[:-1] + bytes([made(target)[-1] ^ 1])),
          ("of version 2", lambda target: CLIENT + b"\2" + made(target)[9:]),
          ("of 8 octets", lambda target: made(target)[:16]),
          ("of 32 octets", lambda target: made(target) + bytes(16))]
for _what, _forged in FORGED:
    @CHECKS("edns/cookie", f"a server cookie {_what}: BADCOOKIE and a good one")
    def _refused(target, forged=_forged):
        assert not is_good(target, forged(target)), "it is good"


@CHECKS("edns/cookie-secret", "a cookie made by another server with the same secret is good")
def _shared(target):
    assert is_good(target, made(target)), "BADCOOKIE"


@CHECKS("edns/cookie-secret", "one of the secret before is still good, and is replaced", only_ours=True)
def _rolled(target):
    rcode, cookie = ask_with_cookie(target, made(target, secret=OLD_SECRET))
    assert rcode == dns.rcode.NOERROR, f"rcode {rcode}"
    when = int.from_bytes(cookie[12:16], "big")
    assert cookie[8:] == server_cookie(SECRET, CLIENT, local_address(target), when), "not the new secret's"


@CHECKS("edns/nsid", "NSID is what is configured")
def _nsid(target):
    response = Response(target.ask(message(WWW, additional=[opt(options=option(NSID))]), "udp"))
    assert response.options(NSID) == [IDENTITY.encode()], f"{response.options(NSID)}"


@CHECKS("edns/keepalive", "its value is the idle timeout in units of 100 ms", setting="brief")
def _keepalive(target):
    response = Response(target.ask(message(WWW, additional=[opt(options=option(KEEPALIVE))]), "tcp"))
    values = [int.from_bytes(data, "big") for data in response.options(KEEPALIVE)]
    assert values == [10] or (not target.ours and values in ([], [50], [100])), f"{values}"


@CHECKS("edns/size", "1232 is advertised", only_ours=True)
def _advertised(target):
    assert Response(target.ask(with_opt(opt(4096)), "udp")).payload == 1232


ROWS = OPT + MALFORMED + COOKIES + NSIDS + CHECKS
