#include "server/zone_text.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <memory>

#include "tests/server/admin_fixture.h"

// clang-format off
#include <ldns/ldns.h>  // last: it makes `false` a macro
// clang-format on

namespace meshdns {
namespace {

std::string text_of(AdminFixture& fixture, size_t* pieces = nullptr) {
  ZoneText text(*fixture.copy(*fixture.directory.zones()[0]));
  std::string out;
  for (bool more = true; more;) {
    more = text.next(out);
    if (pieces != nullptr) ++*pieces;
  }
  return out;
}

TEST_CASE("a zone as a master file: the SOA, then all owners in canonical order") {
  AdminFixture fixture;
  fixture.put("z.global", {"192.0.2.1"});
  fixture.put("a.z.global", {"192.0.2.2", "192.0.2.3", "2001:db8::1"});
  fixture.put("*.z.global", {"192.0.2.4"});
  fixture.put("yljkjljk.a.global", {"192.0.2.5"});  // a.global is an empty non-terminal
  fixture.put("aa.global", {"192.0.2.6"});
  fixture.put(R"(a\.b\000\;.global)", {"192.0.2.7"});
  CHECK(text_of(fixture) ==
        "$ORIGIN global.\n"
        "global.\t30\tIN\tSOA\tns.dns.global. hostmaster.global. 1000 1200 180 1209600 5\n"
        "global.\t30\tIN\tNS\tns.dns.global.\n"
        "yljkjljk.a.global.\t30\tIN\tA\t192.0.2.5\n"
        "a\\.b\\000\\;.global.\t30\tIN\tA\t192.0.2.7\n"
        "aa.global.\t30\tIN\tA\t192.0.2.6\n"
        "ns.dns.global.\t30\tIN\tA\t192.0.2.53\n"
        "z.global.\t30\tIN\tA\t192.0.2.1\n"
        "*.z.global.\t30\tIN\tA\t192.0.2.4\n"
        "a.z.global.\t30\tIN\tA\t192.0.2.2\n"
        "a.z.global.\t30\tIN\tA\t192.0.2.3\n"
        "a.z.global.\t30\tIN\tAAAA\t2001:db8::1\n");
}

TEST_CASE("a large zone comes in pieces, and ldns reads it back whole") {
  constexpr size_t kNames = 5000;
  AdminFixture fixture;
  for (size_t i = 0; i < kNames; ++i) {
    fixture.put(("name" + std::to_string(i) + ".ns" + std::to_string(i % 7) + ".global").c_str(), {"192.0.2.1"});
  }
  size_t pieces = 0;
  std::string text = text_of(fixture, &pieces);
  CHECK(pieces > 10);

  const std::unique_ptr<FILE, decltype(&fclose)> file(fmemopen(text.data(), text.size(), "r"), fclose);
  ldns_zone* parsed = nullptr;
  int line = 0;
  const ldns_status status = ldns_zone_new_frm_fp_l(&parsed, file.get(), nullptr, 0, LDNS_RR_CLASS_IN, &line);
  CAPTURE(line);
  REQUIRE(status == LDNS_STATUS_OK);
  CHECK(ldns_zone_soa(parsed) != nullptr);
  CHECK(ldns_zone_rr_count(parsed) == kNames + 2);  // NS and its address; the SOA is not among them
  ldns_zone_deep_free(parsed);
}

}  // namespace
}  // namespace meshdns
