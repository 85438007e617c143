#include "server/edns.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/server/hex.h"

namespace meshdns {
namespace {

using test::from_hex;
using test::to_hex;

constexpr const char* kClient = "0102030405060708";  // a client cookie

std::string cookie(size_t size) { return std::string(size * 2, 'a'); }

TEST_CASE("what an OPT says") {
  struct Case {
    const char* what;
    const char* fields;  // TYPE, CLASS, TTL, RDLENGTH
    bool dnssec_ok;
    unsigned version;
    unsigned payload_size;
  };
  const std::vector<Case> cases = {
      {"nothing", "0029 0000 00000000 0000", false, 0, 0},
      {"the largest size", "0029 ffff 00000000 0000", false, 0, 65535},
      {"DO", "0029 04d0 00008000 0000", true, 0, 1232},
      {"all flags but DO", "0029 04d0 00007fff 0000", false, 0, 1232},
      {"an extended rcode, which a query has not", "0029 04d0 ff000000 0000", false, 0, 1232},
      {"version 1", "0029 04d0 00010000 0000", false, 1, 1232},
      {"version 255", "0029 04d0 00ff8000 0000", true, 255, 1232},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    Edns edns;
    CHECK(edns.parse(from_hex(c.fields).data(), {}));
    CHECK(edns.present);
    CHECK(edns.dnssec_ok == c.dnssec_ok);
    CHECK(edns.version == c.version);
    CHECK(edns.payload_size == c.payload_size);
    CHECK(edns.asked == 0);
  }
}

TEST_CASE("the options of a query") {
  struct Case {
    const char* what;
    std::string options;
    bool good;
    unsigned asked;
    std::string cookie;
  };
  const std::vector<Case> cases = {
      {"none", "", true, 0, ""},
      {"an unknown one", "fde9 0003 010203", true, 0, ""},
      {"an unknown one that is empty", "fde9 0000", true, 0, ""},
      {"option 0", "0000 0000", true, 0, ""},
      {"padding", "000c 0004 00000000", true, 0, ""},
      {"an extended error, which a query has not", "000f 0002 0000", true, 0, ""},
      {"a client subnet", "0008 0007 0001 1800 c00002", true, 0, ""},
      {"NSID", "0003 0000", true, Edns::kNsid, ""},
      {"NSID with something in it", "0003 0002 6162", true, Edns::kNsid, ""},
      {"NSID twice", "0003 0000 0003 0000", true, Edns::kNsid, ""},
      {"keepalive", "000b 0000", true, Edns::kKeepalive, ""},
      {"keepalive with a timeout", "000b 0002 0001", true, Edns::kKeepaliveMalformed, ""},
      {"keepalive with half a timeout", "000b 0001 01", true, Edns::kKeepaliveMalformed, ""},
      {"a client cookie", std::string("000a 0008") + kClient, true, Edns::kCookie, kClient},
      {"the shortest server cookie", "000a 0010" + cookie(16), true, Edns::kCookie, cookie(16)},
      {"the longest server cookie", "000a 0028" + cookie(40), true, Edns::kCookie, cookie(40)},
      {"two cookies: the first", std::string("000a 0008") + kClient + "000a 0010" + cookie(16), true, Edns::kCookie,
       kClient},
      {"a second cookie of a wrong length", std::string("000a 0008") + kClient + "000a 0001 00", true, Edns::kCookie,
       kClient},
      {"all", std::string("fde9 0000 0003 0000 000b 0000 000a 0008") + kClient + "000c 0000", true,
       Edns::kNsid | Edns::kKeepalive | Edns::kCookie, kClient},
      // RFC 7873 §5.2.2
      {"an empty cookie", "000a 0000", false, 0, ""},
      {"7 octets of cookie", "000a 0007" + cookie(7), false, 0, ""},
      {"9 octets of cookie", "000a 0009" + cookie(9), false, 0, ""},
      {"15 octets of cookie", "000a 000f" + cookie(15), false, 0, ""},
      {"41 octets of cookie", "000a 0029" + cookie(41), false, 0, ""},
      // What overruns.
      {"one octet", "00", false, 0, ""},
      {"a code alone", "0003", false, 0, ""},
      {"half a length", "0003 00", false, 0, ""},
      {"an option of 1 octet that is not there", "fde9 0001", false, 0, ""},
      {"an option of 65,535 octets", "fde9 ffff 00", false, 0, ""},
      {"a cookie that is cut", std::string("000a 0009") + kClient, false, 0, ""},
      {"a good option and one that is cut", "0003 0000 fde9 0002 00", false, 0, ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    const auto options = from_hex(c.options);
    Edns edns;
    CHECK(edns.parse(from_hex("0029 04d0 00000000 0000").data(), options) == c.good);
    if (!c.good) continue;
    CHECK(edns.asked == c.asked);
    CHECK(to_hex(edns.cookie) == c.cookie);
    // Another version may mean something else by it.
    Edns next;
    CHECK(next.parse(from_hex("0029 04d0 00010000 0000").data(), options));
    CHECK(next.asked == 0);
  }
}

TEST_CASE("the OPT of a response") {
  struct Case {
    const char* what;
    Rcode rcode;
    bool dnssec_ok;
    void (*add)(OptOptions&);
    const char* expected;
  };
  const std::vector<Case> cases = {
      {"nothing", Rcode::kNoError, false, [](OptOptions&) {}, "00 0029 04d0 00 00 0000 0000"},
      {"DO", Rcode::kNxDomain, true, [](OptOptions&) {}, "00 0029 04d0 00 00 8000 0000"},
      {"BADVERS", Rcode::kBadVers, false, [](OptOptions&) {}, "00 0029 04d0 01 00 0000 0000"},
      {"BADCOOKIE", Rcode::kBadCookie, false, [](OptOptions&) {}, "00 0029 04d0 01 00 0000 0000"},
      {"NSID", Rcode::kNoError, false, [](OptOptions& o) { o.add_nsid("ab"); },
       "00 0029 04d0 00 00 0000 0006 0003 0002 6162"},
      {"keepalive", Rcode::kNoError, false, [](OptOptions& o) { o.add_keepalive(300); },
       "00 0029 04d0 00 00 0000 0006 000b 0002 012c"},
      {"two", Rcode::kRefused, false,
       [](OptOptions& o) {
         o.add_nsid("a");
         o.add_extended_error(ExtendedError::kNotAuthoritative);
       },
       "00 0029 04d0 00 00 0000 000b 0003 0001 61 000f 0002 0014"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    OptOptions options;
    c.add(options);
    std::vector<uint8_t> out(512);
    out.resize(write_opt(out.data(), 1232, c.rcode, c.dnssec_ok, options));
    CHECK(out == from_hex(c.expected));
  }
}

TEST_CASE("all options of a response fit, a long NSID cut") {
  OptOptions options;
  options.add_nsid(std::string(1000, 'n'));
  options.add_cookie(std::array<uint8_t, 24>{});
  options.add_keepalive(65535);
  options.add_extended_error(ExtendedError::kNotReady);
  CHECK(options.size() == 4 + 128 + 4 + 24 + 4 + 2 + 4 + 2);
  options.clear();
  CHECK(options.size() == 0);
}

}  // namespace
}  // namespace meshdns
