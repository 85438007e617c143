"""Names: existence, wildcards, zones, cuts, CNAME and DNAME. RFC 1034 §4.3.2, 2181, 2308, 4592, 6672, 8020."""

from conformance.row import Checks, table
from conformance.notation import Query

CUT = "cut NS | ns.cut A; ns.cut AAAA"

EXISTENCE = table(
    # RFC 8020 §2: an empty non-terminal exists.
    ("names/ent", "ent A", "NOERROR aa | | SOA"),
    ("names/ent", "b.ent A", "NOERROR aa | | SOA"),
    ("names/ent", "b.ent TXT", "NOERROR aa | | SOA"),
    ("names/ent", "_tcp.www SRV", "NOERROR aa | | SOA"),
    ("names/ent", "under.test. AAAA", "NOERROR aa | | SOA"),
    ("names/ent", "a.b.ent A", "NOERROR aa | a.b.ent A"),
    ("names/below", "c.ent A", "NXDOMAIN aa | | SOA"),
    ("names/below", "c.b.ent A", "NXDOMAIN aa | | SOA"),
    ("names/below", "below.a.b.ent A", "NXDOMAIN aa | | SOA"),
    ("names/below", "below.www A", "NXDOMAIN aa | | SOA"),
    ("names/below", "a.b.c.d.below.www A", "NXDOMAIN aa | | SOA"),
    ("names/below", "below.alias2 A", "NXDOMAIN aa | | SOA"),
    ("names/below", "a\\.dot A", "NOERROR aa | a\\.dot A"),
    ("names/below", "a.dot A", "NXDOMAIN aa | | SOA"),
    ("names/below", "zero\\000 A", "NOERROR aa | zero\\000 A"),
    ("names/below", "zero A", "NXDOMAIN aa | | SOA"),
)

# RFC 4592 §2.2.1, in its order: what is synthesized, and what is not.
RFC4592 = table(
    ("names/wildcard", "host3.example. MX", "NOERROR aa | host3.example. MX 10 host1.example. | | ?host1.example. A"),
    ("names/wildcard-nodata", "host3.example. A", "NOERROR aa | | example. SOA"),
    ("names/wildcard", "foo.bar.example. TXT", 'NOERROR aa | foo.bar.example. TXT "this is a wildcard"'),
    ("names/blocked", "host1.example. MX", "NOERROR aa | | example. SOA"),
    ("names/blocked", "sub.*.example. MX", "NOERROR aa | | example. SOA"),
    ("names/blocked", "_telnet._tcp.host1.example. SRV", "NXDOMAIN aa | | example. SOA"),
    ("names/referral", "host.subdel.example. A", "NOERROR | | subdel.example. NS"),
    ("names/blocked", "ghost.*.example. MX", "NXDOMAIN aa | | example. SOA"),
    # §2.2.2, §2.2.3: _tcp.host1 and host2 are empty non-terminals.
    ("names/ent", "_tcp.host1.example. A", "NOERROR aa | | example. SOA"),
    ("names/blocked", "host2.example. TXT", "NOERROR aa | | example. SOA"),
    ("names/blocked", "_telnet._tcp.host2.example. TXT", "NXDOMAIN aa | | example. SOA"),
    ("names/asterisk", "*.example. TXT", "NOERROR aa | *.example. TXT"),
    ("names/asterisk", "*.example. A", "NOERROR aa | | example. SOA"),
    ("names/asterisk", "sub.*.example. TXT", "NOERROR aa | sub.*.example. TXT"),
)

WILDCARDS = table(
    ("names/wildcard", "x.wild A", "NOERROR aa | x.wild A 192.0.2.7"),
    ("names/wildcard", "x.y.z.wild A", "NOERROR aa | x.y.z.wild A 192.0.2.7"),
    ("names/wildcard", "x.wild MX", "NOERROR aa | x.wild MX 10 mail | | ?mail A; ?mail AAAA"),
    ("names/wildcard", "wild A", "NOERROR aa | | SOA"),  # the wildcard does not match its parent
    ("names/wildcard", "x.sub.wild A", "NOERROR aa | x.sub.wild A 192.0.2.10"),  # the closest encloser's, not an ancestor's
    ("names/wildcard", "x.aliases A", "NOERROR aa | x.aliases CNAME www; www A"),
    ("names/wildcard", "x.aliases CNAME", "NOERROR aa | x.aliases CNAME www"),
    ("names/wildcard", "x.nowhere A", "NXDOMAIN aa | x.nowhere CNAME nothing | SOA"),
    ("names/wildcard", "to-wild A", "NOERROR aa | to-wild CNAME x.wild; x.wild A 192.0.2.7"),
    ("names/wildcard", "a*.wild A", "NOERROR aa | a*.wild A 192.0.2.7"),  # §2.1.1: an asterisk within a label is nothing special
    ("names/wildcard-nodata", "x.wild AAAA", "NOERROR aa | | SOA"),
    ("names/wildcard-nodata", "x.sub.wild TXT", "NOERROR aa | | SOA"),
    ("names/wildcard-nodata", "x.wild CNAME", "NOERROR aa | | SOA"),
    ("names/blocked", "exact.wild TXT", "NOERROR aa | | SOA"),
    ("names/blocked", "x.exact.wild A", "NXDOMAIN aa | | SOA"),
    ("names/blocked", "ent.wild A", "NOERROR aa | | SOA"),
    ("names/blocked", "x.ent.wild A", "NXDOMAIN aa | | SOA"),
    ("names/blocked", "sub.wild A", "NOERROR aa | | SOA"),
    ("names/asterisk", "*.wild A", "NOERROR aa | *.wild A"),
    ("names/asterisk", "*.wild AAAA", "NOERROR aa | | SOA"),
    ("names/asterisk", "x.*.wild A", "NXDOMAIN aa | | SOA"),  # §2.3: below an asterisk label that is there
    ("names/asterisk", "*.www A", "NXDOMAIN aa | | SOA"),
    ("names/wildcard-ns", "x.star-ns. NS", "NOERROR aa | x.star-ns. NS ns1", "anything"),
    ("names/wildcard-ns", "x.star-ns. A", "NOERROR aa | | star-ns. SOA", "anything"),
    ("names/wildcard-ns", "*.star-ns. NS", "NOERROR | | *.star-ns. NS", "anything"),
    ("names/wildcard-ns", "x.star-dn. DNAME", "NOERROR aa | x.star-dn. DNAME new.dname.", "anything"),
    ("names/wildcard-ns", "x.star-dn. A", "NOERROR aa | | star-dn. SOA", "anything"),
    ("names/wildcard-ns", "a.b.star-dn. A", "NOERROR aa | | star-dn. SOA", "anything"),
)

NEGATIVE = table(
    ("names/negative", "nothing A", "NXDOMAIN aa | | test. 300 SOA"),
    ("names/negative", "www MX", "NOERROR aa | | test. 300 SOA"),
    ("names/negative", "ent A", "NOERROR aa | | test. 300 SOA"),
    ("names/negative", "nothing.example.net. A", "NXDOMAIN aa | | example.net. 120 SOA"),
    ("names/negative", "www.example.net. MX", "NOERROR aa | | example.net. 120 SOA"),
    ("names/negative", "x.wild SRV", "NOERROR aa | | test. 300 SOA"),
    ("names/negative", "to-nothing A", "NXDOMAIN aa | to-nothing CNAME nothing | test. 300 SOA"),
    ("names/negative", "test. SOA", "NOERROR aa | test. 3600 SOA"),
    ("names/negative", "test. A", "NOERROR aa | | test. 300 SOA"),
)

ZONES = table(
    ("names/outside", "www.example.com. A", "REFUSED"),
    ("names/outside", "www.example.com. A +edns", "REFUSED ede=20"),
    ("names/outside", ". NS", "REFUSED"),
    ("names/outside", ". SOA +edns", "REFUSED ede=20"),
    ("names/outside", "net. SOA", "REFUSED"),
    ("names/outside", "test.com. A +edns +do", "REFUSED do ede=20"),
    ("names/nested", "www.nested A", "NOERROR aa | www.nested A"),
    ("names/nested", "nested SOA", "NOERROR aa | nested SOA"),
    ("names/nested", "nested NS", "NOERROR aa | nested NS"),
    ("names/nested", "nothing.nested A", "NXDOMAIN aa | | nested SOA"),
    ("names/nested", "xnested A", "NXDOMAIN aa | | SOA"),
    ("names/nested", "www.xnested A", "NXDOMAIN aa | | SOA"),
    ("names/nested", "www.deep.under A", "NOERROR aa | www.deep.under A 192.0.2.151"),
    ("names/nested", "nothing.deep.under A", "NXDOMAIN aa | | deep.under SOA"),
    ("names/nested", "deep.under SOA", "NOERROR aa | deep.under SOA"),
    ("names/nested", "under A", "NOERROR aa | under A"),
    ("names/nested", "x.under A", "NXDOMAIN aa | | SOA"),
)
ROOT = table(
    ("names/root", ". SOA", "NOERROR aa | . SOA"),
    ("names/root", ". NS", "NOERROR aa | . NS | | ?a.root-servers A"),
    ("names/root", ". A", "NOERROR aa | | . SOA"),
    ("names/root", ". DS", "NOERROR aa | | . SOA"),
    ("names/root", "leaf. A", "NOERROR aa | leaf. A"),
    ("names/root", "below.leaf. A", "NXDOMAIN aa | | . SOA"),
    ("names/root", "ent. A", "NOERROR aa | | . SOA"),
    ("names/root", "nothing. A", "NXDOMAIN aa | | . SOA"),
    ("names/root", "www.example.com. A", "NOERROR | | com. NS | ns.com. A"),
    ("names/root", "com. DS", "NOERROR aa | com. DS"),
    ("names/root", "com. NS", "NOERROR | | com. NS | ns.com. A"),
    ("names/dname", "b.org. A", "NXDOMAIN aa | org. DNAME; b.org. CNAME b.leaf. | . SOA"),
    setting="root",
)

CUTS = table(
    ("names/referral", "www.cut A", f"NOERROR | | {CUT}"),
    ("names/referral", "a.b.c.cut A", f"NOERROR | | {CUT}"),
    ("names/referral", "cut A", f"NOERROR | | {CUT}"),
    ("names/referral", "cut NS", f"NOERROR | | {CUT}"),
    ("names/referral", "cut SOA", f"NOERROR | | {CUT}"),
    ("names/referral", "cut TYPE65280", f"NOERROR | | {CUT}"),
    ("names/referral", "www.bare A", "NOERROR | | bare NS"),
    # RFC 9471 §2.2, §3.2: a sibling's glue is worth adding where it is at hand.
    ("names/referral", "www.sibling A", "NOERROR | | sibling NS | ?ns.cut A; ?ns.cut AAAA"),
    ("names/referral", "www.host A", "NOERROR | | host NS | ?mail A; ?mail AAAA"),
    ("names/referral", "to-cut A", f"NOERROR aa | to-cut CNAME www.cut | {CUT}"),
    ("names/referral", "www.cut A +edns +do", f"NOERROR do | | {CUT}", f"NOERROR do | | cut DS; {CUT}"),
    ("names/ds", "cut DS", "NOERROR aa | cut DS"),
    ("names/ds", "nested DS", "NOERROR aa | nested DS"),
    ("names/ds", "bare DS", "NOERROR aa | | SOA"),
    ("names/ds", "deep.under DS", "NOERROR aa | | SOA", "NOERROR aa | | deep.under SOA"),
    ("names/ds", "test. DS", "NOERROR aa | | SOA"),
    ("names/ds", "example.net. DS", "NOERROR aa | | example.net. SOA"),
    ("names/ds", "below.cut DS", f"NOERROR | | {CUT}"),
    ("names/ds", "www DS", "NOERROR aa | | SOA"),
    ("names/glue", "ns.cut A", f"NOERROR | | {CUT}"),
    ("names/glue", "ns.cut AAAA", f"NOERROR | | {CUT}"),
    ("names/glue", "ns.cut TXT", f"NOERROR | | {CUT}"),
    ("names/glue", "ns.cut ANY", f"NOERROR | | {CUT}", "NOERROR tc partial"),
    ("names/glue", "nothing.ns.cut A", f"NOERROR | | {CUT}"),
    ("names/glue", "ns.cut.new.dname. A", "NOERROR | | cut.new.dname. NS | ns.cut.new.dname. A"),
    # RFC 9471 §3.1: all in-domain glue, or TC.
    ("names/glue-tc", "www.wide A over=udp", "NOERROR tc partial"),
    ("names/glue-tc", "wide NS over=udp size=512", "NOERROR tc partial"),
    ("names/glue-tc", "www.wide A size=1232", "NOERROR | | wide NS | " + "; ".join(
        f"a-name-server-with-a-rather-long-name-no-0{i}.wide {kind}" for i in range(1, 6) for kind in ("A", "AAAA"))),
    ("names/glue-tc", "www.wide A over=tcp", "NOERROR | | wide NS | " + "; ".join(
        f"a-name-server-with-a-rather-long-name-no-0{i}.wide {kind}" for i in range(1, 6) for kind in ("A", "AAAA"))),
)

Q63 = "q" * 63
L63 = "l" * 63
OLD = "old.dname. DNAME"
# RFC 6672 §3.2, and its table of §2.2. A synthesized CNAME has the DNAME's TTL (§3.1); to some, 0.
DNAMES = table(
    ("names/dname", "a.old.dname. A", f"NOERROR aa | {OLD}; a.old.dname. CNAME a.new.dname.; a.new.dname. A"),
    ("names/dname", "b.a.old.dname. A", f"NOERROR aa | {OLD}; b.a.old.dname. CNAME b.a.new.dname.; b.a.new.dname. A"),
    ("names/dname", "a.old.dname. MX", f"NOERROR aa | {OLD}; a.old.dname. CNAME a.new.dname. | dname. SOA"),
    ("names/dname", "none.old.dname. A", f"NXDOMAIN aa | {OLD}; none.old.dname. CNAME none.new.dname. | dname. SOA"),
    ("names/dname", "wild.old.dname. A", f"NOERROR aa | {OLD}; wild.old.dname. CNAME wild.new.dname. | dname. SOA"),
    ("names/dname", "x.wild.old.dname. A",
     f"NOERROR aa | {OLD}; x.wild.old.dname. CNAME x.wild.new.dname.; x.wild.new.dname. A 192.0.2.163"),
    ("names/dname", "alias.old.dname. A",
     f"NOERROR aa | {OLD}; alias.old.dname. CNAME alias.new.dname.; alias.new.dname. CNAME; a.new.dname. A"),
    ("names/dname", "www.cut.old.dname. A",
     f"NOERROR aa | {OLD}; www.cut.old.dname. CNAME www.cut.new.dname. | cut.new.dname. NS | ns.cut.new.dname. A"),
    ("names/dname", "a.old.dname. CNAME", f"NOERROR aa | {OLD}; a.old.dname. CNAME a.new.dname."),
    ("names/dname", "a.old.dname. DNAME", f"NOERROR aa | {OLD}; a.old.dname. CNAME a.new.dname. | dname. SOA"),
    # The DNAME's owner is not redirected (§2.3).
    ("names/dname", "old.dname. A", "NOERROR aa | old.dname. A"),
    ("names/dname", "old.dname. DNAME", f"NOERROR aa | {OLD}"),
    ("names/dname", "old.dname. AAAA", "NOERROR aa | | dname. SOA"),
    ("names/dname", "a.older.dname. A", "NOERROR aa | older.dname. DNAME; a.older.dname. CNAME a.old.dname.; "
     f"{OLD}; a.old.dname. CNAME a.new.dname.; a.new.dname. A"),
    ("names/dname", "viacname.dname. A",
     f"NOERROR aa | viacname.dname. CNAME; {OLD}; a.old.dname. CNAME a.new.dname.; a.new.dname. A"),
    ("names/dname", "to-dname A", f"NOERROR aa | to-dname CNAME; {OLD}; a.old.dname. CNAME a.new.dname.; a.new.dname. A",
     "NOERROR aa | to-dname CNAME"),
    ("names/dname", "a.minute.dname. A",
     "NOERROR aa | minute.dname. 60 DNAME; a.minute.dname. 60 CNAME a.new.dname.; a.new.dname. A",
     "NOERROR aa | minute.dname. 60 DNAME; a.minute.dname. 0 CNAME a.new.dname.; a.new.dname. A"),
    ("names/dname", "www.to-net.dname. A",
     "NOERROR aa | to-net.dname. DNAME; www.to-net.dname. CNAME www.example.net.; www.example.net. A",
     "NOERROR aa | to-net.dname. DNAME; www.to-net.dname. CNAME www.example.net."),
    ("names/dname", "none.to-net.dname. A",
     "NXDOMAIN aa | to-net.dname. DNAME; none.to-net.dname. CNAME none.example.net. | example.net. SOA",
     "NOERROR aa | to-net.dname. DNAME; none.to-net.dname. CNAME none.example.net."),
    ("names/dname", "www.to-com.dname. A", "NOERROR aa | to-com.dname. DNAME; www.to-com.dname. CNAME www.example.com."),
    ("names/dname", "top. SOA", "NOERROR aa | top. SOA"),
    ("names/dname", "top. DNAME", "NOERROR aa | top. DNAME"),
    ("names/dname", "a.top. A", "NOERROR aa | top. DNAME; a.top. CNAME a.new.dname.; a.new.dname. A",
     "NOERROR aa | top. DNAME; a.top. CNAME a.new.dname."),
    ("names/dname", f"{Q63}.fits.dname. A size=1232",
     f"NXDOMAIN aa | fits.dname. DNAME; {Q63}.fits.dname. CNAME {Q63}.{L63}.{L63}.{'f' * 55}.dname. | dname. SOA"),
    # RFC 6672 §3.2 step 3c: YXDOMAIN, with the DNAME, which the server has authority for.
    ("names/dname-long", f"{Q63}.long.dname. A", "YXDOMAIN aa | long.dname. DNAME"),
    ("names/dname-long", f"a.{Q63}.fits.dname. A", "YXDOMAIN aa | fits.dname. DNAME"),
    ("names/dname-long", f"{Q63}.longer.dname. A",
     f"YXDOMAIN aa | longer.dname. DNAME; {Q63}.longer.dname. CNAME {Q63}.long.dname.; long.dname. DNAME"),
)

CHAIN8 = "; ".join(f"c{i:02} CNAME" for i in range(1, 9))
CHAINS = table(
    ("names/chain", "alias2 A", "NOERROR aa | alias2 CNAME; alias CNAME; www A"),
    ("names/chain", "to-any A", "NOERROR aa | to-any CNAME; mail A"),
    ("names/chain", "to-any AAAA", "NOERROR aa | to-any CNAME; mail AAAA"),
    ("names/chain", "to-any MX", "NOERROR aa | to-any CNAME | SOA"),
    ("names/chain", "to-any CNAME", "NOERROR aa | to-any CNAME"),
    ("names/chain", "alias A", "NOERROR aa | alias CNAME; www A"),
    ("names/chain", "to-nothing A", "NXDOMAIN aa | to-nothing CNAME | SOA"),
    ("names/chain", "to-nothing CNAME", "NOERROR aa | to-nothing CNAME"),
    ("names/chain", "to-leaf A", "NXDOMAIN aa | to-leaf CNAME | SOA"),
    ("names/chain", "to-ent A", "NOERROR aa | to-ent CNAME | SOA"),
    ("names/chain", "c01 A", f"NOERROR aa | {CHAIN8}; www A", "NOERROR aa partial"),
    ("names/chain", "to-com A", "NOERROR aa | to-com CNAME"),
    # Into another zone of the same server; RFC 1034 §4.3.2 goes on there, to stop is what resolvers make up for.
    ("names/chain", "to-net A", "NOERROR aa | to-net CNAME; www.example.net. A", "NOERROR aa | to-net CNAME"),
    ("names/chain", "to-net-alias A", "NOERROR aa | to-net-alias CNAME; alias.example.net. CNAME; www A",
     "NOERROR aa | to-net-alias CNAME", "NOERROR aa | to-net-alias CNAME; alias.example.net. CNAME"),
    ("names/chain", "to-nested A", "NOERROR aa | to-nested CNAME; www.nested A", "NOERROR aa | to-nested CNAME",
     "NOERROR aa | to-nested CNAME | nested NS | ?ns1 A; ?ns1 AAAA"),
    ("names/chain", "alias.nested A", "NOERROR aa | alias.nested CNAME; www A", "NOERROR aa | alias.nested CNAME"),
    ("names/chain", "to-nothing.example.net. A", "NXDOMAIN aa | to-nothing.example.net. CNAME | SOA",
     "NOERROR aa | to-nothing.example.net. CNAME"),
    ("names/cname-alone", "to-any TXT", "NOERROR aa | to-any CNAME | SOA"),
    ("names/cname-alone", "to-any NS", "NOERROR aa | to-any CNAME | SOA"),
    ("names/cname-alone", "to-any SOA", "NOERROR aa | to-any CNAME | SOA"),
)

LOOPS = ("SERVFAIL aa partial", "SERVFAIL partial", "NOERROR aa partial", "SERVFAIL aa tc partial", "NOERROR aa tc partial",
         "YXDOMAIN aa partial")
C16 = "; ".join(f"c{i:02}.loop. CNAME" for i in range(1, 17))
LOOP = table(
    ("names/loop", "self.loop. A", "NOERROR aa | self.loop. CNAME", *LOOPS),
    ("names/loop", "one.loop. A", "NOERROR aa | one.loop. CNAME; two.loop. CNAME", *LOOPS),
    ("names/loop", "into.loop. A", "NOERROR aa | into.loop. CNAME; one.loop. CNAME; two.loop. CNAME", *LOOPS),
    ("names/loop", "again.wild.loop. A", "NOERROR aa | again.wild.loop. CNAME again.wild.loop.", *LOOPS),
    ("names/loop", "self.loop. CNAME", "NOERROR aa | self.loop. CNAME"),
    ("names/loop", "loop-net A", "NOERROR aa | loop-net CNAME; loop-net.example.net. CNAME",
     "NOERROR aa | loop-net CNAME", *LOOPS),
    ("names/loop", "a.loop.dname. A", "NOERROR aa | loop.dname. DNAME; a.loop.dname. CNAME a.loop.dname.", *LOOPS),
    ("names/loop", "a.loop1.dname. A", "NOERROR aa | loop1.dname. DNAME; a.loop1.dname. CNAME a.loop2.dname.; "
     "loop2.dname. DNAME; a.loop2.dname. CNAME a.loop1.dname.", *LOOPS),
    ("names/loop", "a.grow.dname. A over=udp", "NOERROR aa tc partial", *LOOPS),
    ("names/loop", "a.grow.dname. A over=tcp", "NOERROR aa partial", *LOOPS),
    # At most 16 in a row.
    ("names/loop", "c01.loop. A size=1232", f"NOERROR aa | {C16}", *LOOPS),
    ("names/loop", "c06.loop. A size=1232",
     "NOERROR aa | " + "; ".join(f"c{i:02}.loop. CNAME" for i in range(6, 21)) + "; www A", *LOOPS),
)

ADDED = table(
    ("names/additional", "mx MX", "NOERROR aa | mx MX | | ?mail A; ?mail AAAA"),
    ("names/additional", "_http._tcp.www SRV", "NOERROR aa | _http._tcp.www SRV | | ?www A; ?www AAAA"),
    ("names/additional", "_null._tcp.www SRV", "NOERROR aa | _null._tcp.www SRV"),
    ("names/additional", "test. NS", "NOERROR aa | test. NS | | ?ns1 A; ?ns1 AAAA; ?ns2 A"),
    ("names/additional", "test. MX", "NOERROR aa | test. MX | | ?mail A; ?mail AAAA"),
    ("names/additional", "mx-alias MX", "NOERROR aa | mx-alias MX"),
    ("names/additional", "mx-cut MX", "NOERROR aa | mx-cut MX"),
    ("names/additional", "svcb.types. SVCB", "NOERROR aa | svcb.types. SVCB | | ?svc.types. A; ?svc.types. AAAA"),
    ("names/additional", "https-alias.types. HTTPS", "NOERROR aa | https-alias.types. HTTPS | | ?svc.types. A; ?svc.types. AAAA"),
    ("names/additional", "mx.big. MX over=udp", "NOERROR aa | mx.big. MX"),  # 40 addresses would not fit 512
    ("names/additional", "srv.big. SRV over=udp size=1232", "NOERROR aa | srv.big. SRV"),
)

UNCOMPRESSED = Checks()


def has_target(query, *targets):
    def check(target):
        octets = target.ask(Query(query).octets, "udp")
        body = (octets or b"")[12 + len(Query(query).name.to_wire()) + 4:]
        for text in targets:
            assert Query(f"{text} A").name.to_wire() in body, f"{text} is not there uncompressed"
    return check


for _query, *_targets in (("_http._tcp.www SRV", "www"), ("svcb.types. SVCB", "svc.types."), ("https.types. HTTPS", "svc.types."),
                          ("https-alias.types. HTTPS", "svc.types.")):
    UNCOMPRESSED("names/uncompressed", f"the target of {_query}")(has_target(_query, *_targets))

ROWS = EXISTENCE + RFC4592 + WILDCARDS + NEGATIVE + ZONES + ROOT + CUTS + DNAMES + CHAINS + LOOP + ADDED + UNCOMPRESSED
