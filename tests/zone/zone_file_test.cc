#include "zone/zone_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>
#include <string>
#include <vector>

#include "tests/k8s/istio/temporary_directory.h"
#include "zone/octets.h"
#include "zone/record_text.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

const std::string kHead =
    "@ 3600 IN SOA ns.example. hostmaster.example. 1 7200 900 1209600 300\n"
    "@ 3600 IN NS ns\n";

ZoneFileOptions part(const std::string& apex = "example") {
  return {.apex = *Name::parse(apex), .ttl = 30, .whole = false};
}

Result<ZoneRecords> read(const std::string& text, const ZoneFileOptions& options = part()) {
  return read_zone_text(text, "f.zone", options);
}

/// One record in presentation form a line, owners in some order, each with its records in the file's.
std::string text(const ZoneRecords& zone) {
  std::string out;
  for (const auto& [name, owner] : zone.owners) {
    for (const auto& rrset : owner) {
      for (const auto& rdata : rrset.rdata) {
        std::vector<uint8_t> record{0xc0, 0x0c};  // in answer form
        append16(record, rrset.type);
        append16(record, 1);
        append32(record, rrset.ttl);
        append16(record, rdata.size());
        record.insert(record.end(), rdata.begin(), rdata.end());
        for (const char c : record_text(name, record) + "\n") out += c == '\t' ? ' ' : c;
      }
    }
  }
  return out;
}

std::string text(const Result<ZoneRecords>& zone) { return zone ? text(*zone) : "error: " + zone.error(); }

TEST_CASE("the form of a record") {
  struct Case {
    std::string file;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {"", ""},
      {"\n \n;\n; a comment\n   ; another", ""},
      {"a.example. 60 IN A 10.0.0.1\n", "a.example. 60 IN A 10.0.0.1\n"},
      {"a 60 IN A 10.0.0.1", "a.example. 60 IN A 10.0.0.1\n"},
      {"a IN 60 A 10.0.0.1\n", "a.example. 60 IN A 10.0.0.1\n"},
      {"a 60 A 10.0.0.1\n", "a.example. 60 IN A 10.0.0.1\n"},
      {"a CLASS1 TYPE1 10.0.0.1\n", "a.example. 30 IN A 10.0.0.1\n"},
      {"a in a 10.0.0.1\n", "a.example. 30 IN A 10.0.0.1\n"},
      {"@ A 10.0.0.1\n", "example. 30 IN A 10.0.0.1\n"},
      {"A.eXample. NS B.eXample.\n", "a.example. 30 IN NS B.eXample.\n"},
      {"*.a A 10.0.0.1\n", "*.a.example. 30 IN A 10.0.0.1\n"},
      {"\xef\xbb\xbf@ A 10.0.0.1\n", "example. 30 IN A 10.0.0.1\n"},
      {"a A 10.0.0.1\r\n A 10.0.0.2\r\n", "a.example. 30 IN A 10.0.0.1\na.example. 30 IN A 10.0.0.2\n"},
      {"a A 10.0.0.1\n\n\tA 10.0.0.2 ; two\n", "a.example. 30 IN A 10.0.0.1\na.example. 30 IN A 10.0.0.2\n"},
      {"a MX ( ; in parts\n 10 ; one\n m\n)\n", "a.example. 30 IN MX 10 m.example.\n"},
      {"( a A\n10.0.0.1 ) ; over lines\n", "a.example. 30 IN A 10.0.0.1\n"},
      {"a A ((10.0.0.1))\n", "a.example. 30 IN A 10.0.0.1\n"},
      {"a TXT \"b;c(d\" e\\;f \"g \\\"h\\\" \\\\\" \"\"\n",
       "a.example. 30 IN TXT \"b;c(d\" \"e;f\" \"g \\\"h\\\" \\\\\" \"\"\n"},
      {"a TXT \"b\"\"c\"\n", "a.example. 30 IN TXT \"b\" \"c\"\n"},
      {"a TXT \\098\\000 \xc3\xa4\n", "a.example. 30 IN TXT \"b\\000\" \"\\195\\164\"\n"},
      {"a TXT @ \\#\n", "a.example. 30 IN TXT \"@\" \"#\"\n"},
      {"a\\.b A 10.0.0.1\n", "a\\.b.example. 30 IN A 10.0.0.1\n"},
      {"a CNAME b\\.\n", "a.example. 30 IN CNAME b\\..example.\n"},
      {"a CNAME b\\\\.\n", "a.example. 30 IN CNAME b\\\\.\n"},
      {"\\$a A 10.0.0.1\n", "\\$a.example. 30 IN A 10.0.0.1\n"},
      {"\\\"a NS b\\\"c\n", "\\\"a.example. 30 IN NS \\# 13 03622263076578616d706c6500\n"},
      {"a MX 10 .\n", "a.example. 30 IN MX 10 .\n"},
      {"a MX 10 @\n", "a.example. 30 IN MX 10 example.\n"},
      {"a A 10.0.0.1\na A 10.0.0.1\n", "a.example. 30 IN A 10.0.0.1\n"},  // RFC 2181 §5
      {"a 9 A 10.0.0.1\na 7 A 10.0.0.2\n",
       "a.example. 7 IN A 10.0.0.1\na.example. 7 IN A 10.0.0.2\n"},  // RFC 2181 §5.2
      {"a NS c\n NS b\n NS B\n NS a\n NS C\n NS A\n",
       "a.example. 30 IN NS c.example.\na.example. 30 IN NS b.example.\na.example. 30 IN NS a.example.\n"},
      {"@ DNAME b.\n@ SOA . . 1 2 3 4 5\n@ NS .\n",
       "example. 30 IN DNAME b.\nexample. 30 IN SOA . . 1 2 3 4 5\nexample. 30 IN NS .\n"},
      {"a CNAME b\na CNAME b\n", "a.example. 30 IN CNAME b.example.\n"},
      {"a CNAME b\na CNAME B\n", "a.example. 30 IN CNAME b.example.\n"},
      {"a MX 5 b\na MX 5 B\n", "a.example. 30 IN MX 5 b.example.\n"},
      {"a HTTPS 1 b port=1\na HTTPS 1 B port=1\n", "a.example. 30 IN HTTPS 1 b.example. port=1\n"},
      {"a CNAME b\na NSEC c CNAME NSEC\n",
       "a.example. 30 IN CNAME b.example.\na.example. 30 IN NSEC c.example. CNAME NSEC \n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.file);
    CHECK(text(read(c.file)) == c.expected);
  }
}

TEST_CASE("TTLs") {
  struct Case {
    std::string file;
    uint32_t expected;  // of the last record's owner, z
  };
  const std::vector<Case> cases = {
      {"z A 10.0.0.1\n", 30},
      {"z 0 A 10.0.0.1\n", 0},
      {"z 2147483647 A 10.0.0.1\n", 2147483647},
      {"z 1h30m A 10.0.0.1\n", 5400},
      {"z 1W2D3H4M5S A 10.0.0.1\n", 788645},
      {"a 7 A 10.0.0.1\nz A 10.0.0.1\n", 7},
      {"$TTL 9\nz A 10.0.0.1\n", 9},
      {"$ttl 1d\nz A 10.0.0.1\n", 86400},
      {"$TTL 9\na 7 A 10.0.0.1\nz A 10.0.0.1\n", 9},
      {"$TTL 9\nz 7 A 10.0.0.1\n", 7},
      {"$TTL 9\n$TTL 8\nz A 10.0.0.1\n", 8},
  };
  for (const Case& c : cases) {
    CAPTURE(c.file);
    const auto zone = read(c.file);
    REQUIRE(zone);
    CHECK(zone->owners.at(*Name::parse("z.example"))[0].ttl == c.expected);
  }
  const auto zone = read("a SOA . . 1 1h 15m 2W 5m\n", part("a.example"));
  CHECK(text(read("@ SOA . . 1 1h 15m 2w 5m\n@ NS .\n")) ==
        "example. 30 IN SOA . . 1 3600 900 1209600 300\nexample. 30 IN NS .\n");
}

TEST_CASE("origins") {
  CHECK(text(read("$ORIGIN a.example.\nb A 10.0.0.1\n$ORIGIN c\n@ A 10.0.0.2\n")) ==
        "b.a.example. 30 IN A 10.0.0.1\nc.a.example. 30 IN A 10.0.0.2\n");
  CHECK(text(read("$ORIGIN .\nb.example MX 1 c\n")) == "b.example. 30 IN MX 1 c.\n");
  CHECK(text(read("$ORIGIN a\n  \n$ORIGIN @\n@ A 10.0.0.1\n")) == "a.example. 30 IN A 10.0.0.1\n");
  CHECK(text(read("com NS ns.com\nns.com A 10.0.0.1\n", part("."))) ==
        "ns.com. 30 IN A 10.0.0.1\ncom. 30 IN NS ns.com.\n");
}

TEST_CASE("what a zone is") {
  struct Case {
    std::string file;
    bool must_be_whole;
    std::string error;  // empty: it is read
    bool is_whole;
  };
  const std::string soa = kHead.substr(0, kHead.find('\n') + 1);
  const std::vector<Case> cases = {
      {kHead, false, "", true},
      {kHead, true, "", true},
      {"a A 10.0.0.1\n", false, "", false},
      {"a A 10.0.0.1\n", true, "f.zone:2: the file ends without SOA, expected that of example", false},
      {soa, true, "f.zone:2: the file ends without NS of example, expected at least one", false},
      {"\n" + soa, false,
       "f.zone:2: SOA of example alone, expected SOA and NS for a whole zone, neither for a part of one", false},
      {"@ NS a\n@ NS b\n", false,
       "f.zone:1: NS of example alone, expected SOA and NS for a whole zone, neither for a part of one", false},
      {"a NS b\n", false, "", false},
      {kHead + soa, false, "f.zone:3: a second SOA of example, expected one", false},
      {kHead + "@ SOA . . 2 1 1 1 1\n", false, "f.zone:3: a second SOA of example, expected one", false},
      {kHead + "a SOA . . 2 1 1 1 1\n", false, "f.zone:3: SOA of a.example, expected only that of example", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.file);
    auto options = part();
    options.whole = c.must_be_whole;
    const auto zone = read(c.file, options);
    CHECK((zone ? "" : zone.error()) == c.error);
    if (zone) CHECK(zone->whole == c.is_whole);
  }
}

TEST_CASE("what is refused") {
  struct Case {
    std::string file;
    std::string expected;  // behind "f.zone:"
  };
  const std::string deep(300, '(');
  const std::vector<Case> cases = {
      // the text
      {"a A 10.0.0.1\nb (\nA 10.0.0.1\n", "2: '(' without ')' behind it"},
      {"a A 10.0.0.1 )\n", "1: ')' without '(' before it"},
      {"a TXT \"b\n", "1: a quote without another one behind it on its line"},
      {"a TXT \"b", "1: a quote without another one behind it on its line"},
      {"a TXT b\\", "1: a backslash, expected a character or three digits behind it"},
      {"a TXT b\\\n", "1: a backslash, expected a character or three digits behind it"},
      {"a TXT \\256\n", "1: '\\2…', expected three digits up to 255 behind a backslash"},
      {"a TXT \\25", "1: '\\2…', expected three digits up to 255 behind a backslash"},
      {"a A 10.0.0.1\nb" + std::string(1, '\0') + " A 10.0.0.1\n",
       "2: the control character 0, expected text; \\DDD writes any octet"},
      {"a \r A 10.0.0.1\n", "1: the control character 13, expected text; \\DDD writes any octet"},
      {"a TXT " + std::string(300'000, 'x'), "1: a record of more than 262144 characters"},
      {"a TXT " + std::string(70'000, 'x'),
       "1: more than 65533 characters of fields, expected \\# LENGTH HEX (RFC 3597 §5)"},
      // directives
      {"$GENERATE 1-9 a$ A 10.0.0.$\n", "1: the directive '$GENERATE', expected $ORIGIN, $TTL or $INCLUDE"},
      {"\n$FOO\n", "2: the directive '$FOO', expected $ORIGIN, $TTL or $INCLUDE"},
      {"$INCLUDE a\n", "1: $INCLUDE in text that is no file"},
      {"$ORIGIN\n", "1: $ORIGIN with 0 arguments, expected one"},
      {"$ORIGIN a b\n", "1: $ORIGIN with 2 arguments, expected one"},
      {"$ORIGIN a..b\n", "1: 'a..b.example.' is not a domain name: it has an empty label"},
      {"$TTL\n", "1: $TTL with 0 arguments, expected one"},
      {"$TTL 1x\n", "1: the TTL '1x', expected 0–2147483647 seconds, or units as in 1h30m"},
      {"$TTL 2147483648\n", "1: the TTL '2147483648', expected 0–2147483647 seconds, or units as in 1h30m"},
      // owner, TTL, class, type
      {" A 10.0.0.1\n", "1: a record without an owner, expected a name at the beginning of the line"},
      {"\"a\" A 10.0.0.1\n", "1: quotes around 'a', expected a name"},
      {"a..b A 10.0.0.1\n", "1: 'a..b.example.' is not a domain name: it has an empty label"},
      {std::string(64, 'a') + " A 10.0.0.1\n",
       "1: '" + std::string(64, 'a') + ".example.' is not a domain name: a label is longer than 63 octets"},
      {"a.test. A 10.0.0.1\n", "1: a.test is outside the zone, expected a name at or below example"},
      {"a.badexample. A 10.0.0.1\n", "1: a.badexample is outside the zone, expected a name at or below example"},
      {"$ORIGIN .\na A 10.0.0.1\n", "2: a is outside the zone, expected a name at or below example"},
      {"a CH TXT b\n", "1: class CH, expected IN"},
      {"a 5 HS TXT b\n", "1: class HS, expected IN"},
      {"a CLASS3 5 TXT b\n", "1: class CLASS3, expected IN"},
      {"a NONE A 10.0.0.1\n", "1: class NONE, expected IN"},
      {"a 2147483648 A 10.0.0.1\n", "1: the TTL '2147483648', expected 0–2147483647 seconds, or units as in 1h30m"},
      {"a -1 A 10.0.0.1\n", "1: the TTL '-1', expected 0–2147483647 seconds, or units as in 1h30m"},
      {"a 99999999999999999999999 A 10.0.0.1\n",
       "1: the TTL '99999999999999999999999', expected 0–2147483647 seconds, or units as in 1h30m"},
      {"a 9999w A 10.0.0.1\n", "1: the TTL '9999w', expected 0–2147483647 seconds, or units as in 1h30m"},
      {"a 1h30 A 10.0.0.1\n", "1: the TTL '1h30', expected 0–2147483647 seconds, or units as in 1h30m"},
      {"a h A 10.0.0.1\n", "1: 'h', expected a type"},
      {"a\n", "1: a record without a type"},
      {"a 60 IN\n", "1: a record without a type"},
      {"a IN FOO b\n", "1: 'FOO', expected a type"},
      {"a IN TYPE0 \\# 0\n", "1: 'TYPE0', expected a type"},
      {"a IN TYPE65536 \\# 0\n", "1: 'TYPE65536', expected a type"},
      {"a IN TYPE1x \\# 0\n", "1: 'TYPE1x', expected a type"},
      {"a IN OPT \\# 0\n", "1: a record of type OPT, expected a type that zones have (RFC 6895 §3.1)"},
      {"a IN TSIG \\# 0\n", "1: a record of type TSIG, expected a type that zones have (RFC 6895 §3.1)"},
      {"a IN AXFR \\# 0\n", "1: a record of type AXFR, expected a type that zones have (RFC 6895 §3.1)"},
      {"a IN ANY \\# 0\n", "1: a record of type ANY, expected a type that zones have (RFC 6895 §3.1)"},
      {"a IN TYPE128 \\# 0\n", "1: a record of type TYPE128, expected a type that zones have (RFC 6895 §3.1)"},
      {"a IN TYPE65535 \\# 0\n", "1: a record of type TYPE65535, expected a type that zones have (RFC 6895 §3.1)"},
      // what excludes each other
      {"a CNAME b\na A 10.0.0.1\n", "2: A of a.example beside its CNAME, expected a CNAME to be alone"},
      {"a A 10.0.0.1\n\na CNAME b\n", "3: CNAME of a.example beside its A, expected a CNAME to be alone"},
      {"a DNAME b\na CNAME b\n", "2: CNAME of a.example beside its DNAME, expected a CNAME to be alone"},
      {"a CNAME b\na CNAME c\n", "2: a second CNAME of a.example, expected one"},
      {"a DNAME b\na DNAME c\n", "2: a second DNAME of a.example, expected one"},
      {"a DNAME b\na NS c\n",
       "2: NS of a.example beside its DNAME, expected only one of them below the apex (RFC 6672 §2.4)"},
      {"a NS b\na DNAME c\n",
       "2: DNAME of a.example beside its NS, expected only one of them below the apex (RFC 6672 §2.4)"},
      {"@ CNAME b\n", "1: CNAME of example beside its SOA, expected a CNAME to be alone"},
      {kHead + "@ CNAME b\n", "3: CNAME of example beside its SOA, expected a CNAME to be alone"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.file.substr(0, 80));
    CHECK(text(read(c.file)) == "error: f.zone:" + c.expected);
  }
}

TEST_CASE("every type that ldns knows") {
  struct Case {
    std::string type;
    std::string fields;
    std::string expected = "";  // empty: as written
  };
  const std::vector<Case> cases = {
      {"A", "10.0.0.1"},
      {"NS", "b.", "b."},
      {"MD", "b", "b.example."},
      {"MF", "b", "b.example."},
      {"CNAME", "B", "B.example."},
      {"SOA", "a b 4294967295 1h 2 3 2147483647", "a.example. b.example. 4294967295 3600 2 3 2147483647"},
      {"MB", "b.example."},
      {"MG", "b.example."},
      {"MR", "b.example."},
      {"NULL", "\\# 2 abcd", "\\# 2 abcd"},
      {"WKS", "10.0.0.1 254 64998 64999", "10.0.0.1 254 64998 64999 "},
      {"WKS", "10.0.0.1 tcp 25", "\\# 9 0a0000010600000040"},
      {"PTR", "b.example."},
      {"HINFO", "x86 \"a b\"", "\"x86\" \"a b\""},
      {"MINFO", "a.example. b.example."},
      {"MX", "65535 b.example."},
      {"TXT", "\"a b\" \"c\""},
      {"RP", "a b", "a.example. b.example."},
      {"AFSDB", "1 b.example."},
      {"X25", "\"311061700956\""},
      {"ISDN", "\"150862028003217\" \"004\""},
      {"ISDN", "\"150862028003217\""},
      {"RT", "2 b.example."},
      {"NSAP", "0x47000580005a0000000001e133ffffff00016100"},
      {"NSAP-PTR", "\"b.example.\""},
      {"SIG", "A 5 1 60 20300101000000 20290101000000 7 example. Zm9v"},
      {"KEY", "256 3 8 Zm9v"},
      {"PX", "10 a b", "10 a.example. b.example."},
      {"GPOS", "-32.6882 116.8652 10.0", "\"-32.6882\" \"116.8652\" \"10.0\""},
      {"AAAA", "2001:DB8::1", "2001:db8::1"},
      {"LOC", "42 21 54.5 N 71 6 18.3 W -24m 30m", "42 21 54.500 N 71 06 18.300 W -24m 30m 10000m 10m"},
      {"NXT", "\\# 12 0161076578616d706c650040"},
      {"EID", "abcd"},
      {"NIMLOC", "abcd"},
      {"SRV", "1 2 443 b", "1 2 443 b.example."},
      {"ATMA", "\\# 3 010203", "010203"},
      {"NAPTR", "100 50 \"s\" \"http\" \"!^.*$!x!\" .", "100 50 \"s\" \"http\" \"!^.*$!x!\" ."},
      {"KX", "1 b.example."},
      {"CERT", "PGP 0 0 Zm9v"},
      {"A6", "\\# 1 80", "\\# 1 80"},
      {"DNAME", "b.example."},
      {"SINK", "\\# 1 01", "1"},
      {"APL", "1:10.0.0.0/8 !2:2001:db8::/32", "1:10.0.0.0/8 !2:2001:0db8:0000:0000:0000:0000:0000:0000/32 "},
      {"DS", "7 8 2 aa ( bb ) CC", "7 8 2 aabbcc"},
      {"SSHFP", "1 2 abcd"},
      {"IPSECKEY", "10 1 2 10.0.0.1 Zm 9v", "10 1 2 10.0.0.1 Zm9v"},
      {"IPSECKEY", "10 3 2 gw Zm9v", "10 3 2 gw.example. Zm9v"},
      {"IPSECKEY", "10 0 2 . Zm9v"},
      {"RRSIG", "A RSASHA256 1 60 20300101000000 20290101000000 7 @ Zm9v",
       "A 8 1 60 20300101000000 20290101000000 7 example. Zm9v"},
      {"NSEC", "b A TYPE65280 NSEC", "b.example. A NSEC TYPE65280 "},
      {"DNSKEY", "257 3 ECDSAP256SHA256 Zm 9v", "257 3 13 Zm9v ;{id = 55677 (ksk), size = 256b}"},
      {"DHCID", "Zm9v"},
      {"NSEC3", "1 1 12 aabb 2t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG",
       "1 1 12 aabb  2t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG "},
      {"NSEC3PARAM", "1 0 12 -", "1 0 12 - "},
      {"TLSA", "3 1 1 abcd"},
      {"SMIMEA", "3 1 1 abcd"},
      {"HIP", "2 200100107b1a74df365639cc39f1d578 Zm9v rvs", "2 200100107b1a74df365639cc39f1d578 Zm9v rvs.example."},
      {"TALINK", "a.example. b.example."},
      {"CDS", "0 0 0 00"},
      {"CDNSKEY", "0 3 0 AA=="},
      {"OPENPGPKEY", "Zm 9v", "Zm9v"},
      {"CSYNC", "66 3 A NS", "66 3 A NS "},
      {"ZONEMD", "2018031900 1 1 c68090d90a7aed71"},
      {"SVCB", "0 b.example."},
      {"HTTPS", "1 . alpn=\"h2,h3\" port=443 ipv4hint=10.0.0.1 ipv6hint=2001:db8::1 key9=\"a;b (c\"",
       "1 . alpn=h2,h3 port=443 ipv4hint=10.0.0.1 ipv6hint=2001:db8::1 key9=\"a;b (c\""},
      {"SVCB", "1 b.example. mandatory=alpn,port alpn=h2 no-default-alpn port=0"},
      {"SPF", "\"v=spf1 -all\""},
      {"NID", "10 0014:4fff:ff20:ee64"},
      {"L32", "10 10.1.2.0"},
      {"L64", "10 2001:0db8:1140:1000"},
      {"LP", "10 b.example."},
      {"EUI48", "00-00-5e-00-53-2a"},
      {"EUI64", "00-00-5e-ef-10-00-00-2a"},
      {"URI", "10 1 \"ftp://a.example/b c\""},
      {"CAA", "0 issue ca.test", "0 issue \"ca.test\""},
      {"DLV", "7 8 2 abcd"},
      {"TYPE65280", "\\# 3 ab cd 0F", "\\# 3 abcd0f"},
      {"TYPE65280", "\\# 0"},
      {"A", "\\# 4 0a000001", "10.0.0.1"},
      {"MX", "\\# 7 000a 0142 0161 00", "10 B.a."},
  };
  std::set<std::string> seen;
  for (const Case& c : cases) {
    seen.insert(c.type);
    CAPTURE(c.type);
    const std::string owner = c.type == "SOA" ? "example." : "a.example.";
    const std::string apex = c.type == "SOA" ? "example. NS a\n" : "";
    const std::string zone = text(read(owner + " " + c.type + " " + c.fields + "\n" + apex));
    CHECK(zone.substr(0, zone.find('\n')) ==
          owner + " 30 IN " + c.type + " " + (c.expected.empty() ? c.fields : c.expected));
  }
  for (unsigned type = 1; type < 65535; ++type) {
    const std::string name = type_text(static_cast<uint16_t>(type));
    const bool is_meta = type == rr_type::kOpt || (type >= 128 && type <= 255);
    if (name.starts_with("TYPE") || is_meta) continue;
    CAPTURE(name);
    CHECK(seen.contains(name));
  }
}

TEST_CASE("fields that are refused") {
  struct Case {
    std::string record;
    std::string expected;  // the message's beginning
  };
  const std::vector<Case> cases = {
      {"A", "found '', expected the fields of A"},
      {"A 10.0.0", "found '10.0.0', expected the fields of A"},
      {"A 10.0.0.256", "found '10.0.0.256', expected the fields of A"},
      {"A 10.0.0.1 10.0.0.2", "found '10.0.0.1 10.0.0.2', expected the fields of A"},
      {"A \"10.0.0.1\"", "found '10.0.0.1', expected no quotes"},
      {"AAAA 10.0.0.1", "found '10.0.0.1', expected the fields of AAAA"},
      {"NS", "found '', expected the fields of NS"},
      {"NS a..b", "'a..b.example.' is not a domain name"},
      {"NS \"b\"", "found 'b', expected no quotes"},
      {"NS \\@", "found '\\@', expected such a name in the form \\# LENGTH HEX (RFC 3597 §5)"},
      {"MX b", "found 'b', expected the fields of MX"},
      {"MX 65536 b", "found '65536', expected a number up to 65535"},
      {"MX -1 b", "found '-1', expected a number up to 65535"},
      {"MX 1", "found '1', expected the fields of MX"},
      {"SRV 0 0 70000 b", "found '70000', expected a number up to 65535"},
      {"TXT", "found '', expected the fields of TXT"},
      {"TXT " + std::string(256, 'x'), "found '" + std::string(80, 'x')},
      {"DS 1 8 2 abc", "found an odd number of hexadecimal digits, expected two an octet"},
      {"DS 1 8 2 xy", "found '1 8 2 xy', expected the fields of DS"},
      {"DS 1 256 2 ab", "found '256', expected a number up to 255"},
      {"DNSKEY 256 3 8 !", "found '256 3 8 !', expected the fields of DNSKEY"},
      {"RRSIG A 8 1 60 20301301000000 20290101000000 7 @ Zm9v", "found 'A 8 1 60 20301301000000"},
      {"RRSIG A 8 1 60 4294967296 0 7 @ Zm9v", "found '4294967296', expected a number up to 4294967295"},
      {"RRSIG A 8 1 60 2030010100+000 0 7 @ Zm9v", "found '2030010100+000', expected a time as YYYYMMDDHHmmSS"},
      {"NSEC b A FOO", "found 'FOO', expected a type"},
      {"NSEC b A TYPE65536", "found 'TYPE65536', expected a type"},
      {"APL 1:10.0.0.0/33", "found '1:10.0.0.0/33', expected [!]FAMILY:ADDRESS/PREFIX"},
      {"APL 1", "found '1', expected [!]FAMILY:ADDRESS/PREFIX"},
      {"CAA 256 issue b", "found '256', expected a number up to 255"},
      {"WKS 10.0.0.1 icmpx 1", "found 'icmpx', expected TCP, UDP or a protocol of 0–255"},
      {"WKS 10.0.0.1 tcp smtp", "found 'smtp', expected a port of 0–65535"},
      {"IPSECKEY 256 1 2 10.0.0.1 Zm9v", "found '256', expected a number up to 255"},
      {"IPSECKEY 1 3 2 a..b Zm9v", "'a..b.example.' is not a domain name"},
      {"IPSECKEY 1 1 2 10.0.0.1 !!", "found '!!', expected a key in base64"},
      {"CERT 0 0 0 Zm9v", "found '0', expected a certificate type (RFC 4398 §2.1)"},
      {"LOC 91 N 1 E 0", "found '91 N 1 E 0', expected a place as in 42 21 54 N 71 6 18 W -24m 30m"},
      {"LOC 42 21 99999999999 N 71 6 18 W 0", "found '42 21 99999999999 N 71 6 18 W 0', expected a place"},
      {"LOC 42 21 54 W 71 6 18 N 0", "found '42 21 54 W 71 6 18 N 0', expected a place"},
      {"LOC 42 21 54 N 71 6 18 W 0 0 0 0 0", "found '42 21 54 N 71 6 18 W 0 0 0 0 0', expected a place"},
      {"HTTPS 1 . port=65536", "found 'port=65536', expected a port of 0–65535"},
      {"HTTPS 1 . key3=65536", "found 'key3=65536', expected a port of 0–65535"},
      {"HTTPS 1 . key65536=a", "found 'key65536=a', expected a service parameter"},
      {"HTTPS 1 . ipv6hint=" + std::string(46, '1'), "found 'ipv6hint=1"},
      {"HTTPS 1 . ipv6hint=::1,::x", "found '1 . ipv6hint=::1,::x', expected the fields of HTTPS"},
      {"HTTPS 1 . ipv4hint", "a wrong value of the service parameter ipv4hint, expected IPv4 addresses"},
      {"HTTPS 1 . ipv6hint", "a wrong value of the service parameter ipv6hint, expected IPv6 addresses"},
      {"HTTPS 1 . port", "a wrong value of the service parameter port, expected a port of 0–65535"},
      {"HTTPS 1 . alpn", "a wrong value of the service parameter alpn, expected protocols"},
      {"HTTPS 1 . ech", "a wrong value of the service parameter ech, expected a value"},
      {"HTTPS 1 . port=1 port=2", "found 'port=2', expected each service parameter once"},
      {"HTTPS 1 . port=1 alpn=h2 key3=2", "the service parameter port behind port, expected each once"},
      {"SVCB 1 . key9=a key9=a", "found 'key9=a', expected each service parameter once"},
      {"SVCB 1 . no-default-alpn", "the service parameter no-default-alpn without alpn, expected both"},
      {"SVCB 1 . mandatory", "the service parameter mandatory without keys, expected some"},
      {"SVCB 1 . mandatory=alpn", "mandatory has alpn, expected keys that the record has (RFC 9460 §8)"},
      {"SVCB 1 . mandatory=mandatory,alpn alpn=h2", "mandatory has mandatory behind mandatory, expected other keys"},
      {"SVCB \\# 17 0001 00 0000 0004 0003 0003 0003 0002 0001", "mandatory has port behind port, expected other keys"},
      {"SVCB 0 b port=1", "service parameters at priority 0, expected none (RFC 9460 §2.4.2)"},
      {"SVCB \\# 15 0001 00 0003 0002 0035 0001 0002 0168", "the service parameter alpn behind port, expected each"},
      {"SVCB \\# 8 0001 00 0003 0001 00", "a wrong value of the service parameter port"},
      {"SVCB \\# 12 0001 00 0004 0005 0a00000100", "a wrong value of the service parameter ipv4hint"},
      {"SVCB \\# 9 0001 00 0001 0002 0000", "a wrong value of the service parameter alpn"},
      {"SVCB \\# 9 0001 00 0001 0002 0268", "a wrong value of the service parameter alpn"},
      {"SVCB \\# 8 0001 00 0002 0001 00", "a wrong value of the service parameter no-default-alpn, expected no value"},
      {"TYPE65280 abcd", "the fields of TYPE65280 are not known, expected \\# LENGTH HEX (RFC 3597 §5)"},
      {"TYPE65280", "the fields of TYPE65280 are not known, expected \\# LENGTH HEX (RFC 3597 §5)"},
      {"TYPE65280 \\#", "\\# alone, expected \\# LENGTH HEX (RFC 3597 §5)"},
      {"TYPE65280 \\# x", "found 'x', expected a length of 0–65535 in \\# LENGTH HEX (RFC 3597 §5)"},
      {"TYPE65280 \\# 65536 00", "found '65536', expected a length of 0–65535"},
      {"TYPE65280 \\# 2 00", "found 2 hexadecimal digits, expected 4 for 2 octets"},
      {"TYPE65280 \\# 1 0000", "found 4 hexadecimal digits, expected 2 for 1 octets"},
      {"TYPE65280 \\# 1 0x", "found '0x', expected hexadecimal digits"},
      {"TYPE65280 \\# 1 +1", "found '+1', expected hexadecimal digits"},
      {"A \\# 3 0a0000", "these octets are no A, expected its fields without compressed names"},
      {"A \\# 0", "these octets are no A, expected its fields without compressed names"},
      {"NS \\# 2 c000", "these octets are no NS, expected its fields without compressed names"},
      {"NS \\# 3 0161 ff", "these octets are no NS, expected its fields without compressed names"},
      {"MX \\# 2 000a", "these octets are no MX, expected its fields without compressed names"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.record);
    const std::string error = text(read("a " + c.record + "\n"));
    CAPTURE(error);
    CHECK(error.starts_with("error: f.zone:1: " + c.expected));
  }
}

TEST_CASE("the largest RRset") {
  const auto file = [](size_t records) {
    std::string out;
    for (size_t i = 0; i < records; ++i) {
      out += "a A 10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "\n";
    }
    return out;
  };
  CHECK(read(file(4062)));  // of 16 octets each
  std::string again;
  for (int i = 0; i < 100'000; ++i) again += "a A 10.0.15.221\n";
  CHECK(text(read(file(4062) + again)) == text(read(file(4062))));  // in far less than a second
  CHECK(
      text(read(file(4063))) ==
      "error: f.zone:4063: the A records of a.example have more than 65000 octets, expected what fits into a message");
  const auto generic = [](size_t octets) {
    return "a TYPE65280 \\# " + std::to_string(octets) + " " + std::string(2 * octets, 'a') + "\n";
  };
  CHECK(read(generic(64'988)));
  CHECK(text(read(generic(64'989))).starts_with("error: f.zone:1: the TYPE65280 records of a.example have more than"));
  CHECK(text(read(generic(65'535))).starts_with("error: f.zone:1: the TYPE65280 records of a.example have more than"));
}

class Included {
 public:
  std::string write(const std::string& name, const std::string& text) const {
    directory_.write(name, text);
    return directory_.path(name);
  }
  std::string path(const std::string& name) const { return directory_.path(name); }
  std::string read(const std::string& name = "main") {
    std::vector<ZoneFileRead> read;
    std::string out = text(read_zone_file(path(name), part(), &read));
    files.clear();
    for (const ZoneFileRead& file : read) {
      files.push_back(file.path);
      CHECK(file.stamp == FileStamp::at(file.path));
    }
    for (size_t at = 0; (at = out.find(directory_.path() + "/")) != std::string::npos;) {
      out.erase(at, directory_.path().size() + 1);
    }
    return out;
  }
  std::vector<std::string> files;  // of the last read()

 private:
  TemporaryDirectory directory_;
};

TEST_CASE("$INCLUDE") {
  Included in;
  mkdir(in.path("sub").c_str(), 0700);
  in.write("main", "a A 10.0.0.1\n$INCLUDE sub/one b\n A 10.0.0.4\nd A 10.0.0.5\n");
  in.write("sub/one", "c A 10.0.0.2\n$INCLUDE \"t\\119o\"\n$ORIGIN x.example.\n");  // \119: w
  in.write("sub/two", "@ A 10.0.0.3\n");
  CHECK(in.read() ==
        "a.example. 30 IN A 10.0.0.1\na.example. 30 IN A 10.0.0.4\nb.example. 30 IN A 10.0.0.3\n"
        "c.b.example. 30 IN A 10.0.0.2\nd.example. 30 IN A 10.0.0.5\n");
  CHECK(in.files == std::vector<std::string>{in.path("main"), in.path("sub/one"), in.path("sub/two")});

  // An owner goes in, and a $TTL comes out.
  in.write("main", "a A 10.0.0.1\n$INCLUDE sub/one\nb A 10.0.0.3\n");
  in.write("sub/one", "$TTL 7\n A 10.0.0.2\n");
  CHECK(in.read() == "a.example. 7 IN A 10.0.0.1\na.example. 7 IN A 10.0.0.2\nb.example. 7 IN A 10.0.0.3\n");

  // The same file twice is no cycle.
  in.write("main", "$INCLUDE sub/two a\n$INCLUDE sub/two b\n");
  CHECK(in.read() == "a.example. 30 IN A 10.0.0.3\nb.example. 30 IN A 10.0.0.3\n");

  in.write("sub/one", "b A 10.0.0.2\nb A x\n");
  in.write("main", "\n$INCLUDE sub/one\n");
  CHECK(in.read().starts_with("error: sub/one:2: found 'x', expected the fields of A"));

  in.write("main", "\n$INCLUDE sub/none\n");
  CHECK(in.read() == "error: main:2: cannot include sub/none: No such file or directory");
  CHECK(in.files == std::vector<std::string>{in.path("main"), in.path("sub/none")});

  in.write("sub/none", "");
  std::string most;
  for (size_t i = 0; i < kMaxIncludes; ++i) most += "$INCLUDE sub/none\n";
  in.write("main", most + "a A 10.0.0.1\n");
  CHECK(in.read() == "a.example. 30 IN A 10.0.0.1\n");
  in.write("main", most + "$INCLUDE sub/none\n");
  CHECK(in.read() == "error: main:10001: more than 10000 $INCLUDEs, those of included files among them");

  in.write("main", "$INCLUDE sub/one a b\n");
  CHECK(in.read() == "error: main:1: $INCLUDE with 3 arguments, expected a file and perhaps an origin");
  in.write("main", "$INCLUDE sub/two a..b\n");
  CHECK(in.read() == "error: main:1: 'a..b.example.' is not a domain name: it has an empty label");
}

TEST_CASE("files that include themselves") {
  Included in;
  in.write("main", "\n$INCLUDE main\n");
  CHECK(in.read() == "error: main:2: cannot include main: it would include itself: main → main");
  in.write("main", "$INCLUDE one\n");
  in.write("one", "$INCLUDE two\n");
  in.write("two", "; two\n$INCLUDE one\n");
  CHECK(in.read() == "error: two:2: cannot include one: it would include itself: one → two → one");

  for (int i = 0; i < 20; ++i) in.write(std::to_string(i), "$INCLUDE " + std::to_string(i + 1) + "\n");
  CHECK(in.read("0") == "error: 16:1: cannot include 17: it is included at a depth of more than 16");
}

TEST_CASE("files that are none") {
  Included in;
  CHECK(in.read() == "error: cannot read the zone file main: No such file or directory");
  mkdir(in.path("main").c_str(), 0700);
  CHECK(in.read() == "error: cannot read the zone file main: it is not a regular file");
  mkfifo(in.path("fifo").c_str(), 0600);
  CHECK(in.read("fifo") == "error: cannot read the zone file fifo: it is not a regular file");
  in.write("large", "");
  REQUIRE(truncate(in.path("large").c_str(), kMaxZoneFileBytes + 1) == 0);
  CHECK(in.read("large") == "error: cannot read the zone file large: it has, with what it includes, more than 256 MiB");
}

}  // namespace
}  // namespace meshdns
