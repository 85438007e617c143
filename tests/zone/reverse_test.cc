#include "zone/reverse.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("the name of an address, there and back") {
  struct Case {
    const char* address;
    const char* name;
  };
  const std::vector<Case> cases = {
      {"240.0.0.2", "2.0.0.240.in-addr.arpa"},
      {"10.200.30.4", "4.30.200.10.in-addr.arpa"},
      {"2001:db8::1f", "f.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.address);
    const IpAddress address = *IpAddress::parse(c.address);
    CHECK(reverse_name(address).text() == c.name);
    CHECK(reverse_address(Name::parse(c.name)->wire()) == address);
  }
}

TEST_CASE("names that are no address's") {
  for (const char* text :
       {".", "arpa", "in-addr.arpa", "0.0.240.in-addr.arpa", "1.2.0.0.240.in-addr.arpa", "256.0.0.240.in-addr.arpa",
        "02.0.0.240.in-addr.arpa", "x.0.0.240.in-addr.arpa", "2.0.0.240.in-addr.example", "-1.0.0.240.in-addr.arpa",
        "g.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        "1f.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"}) {
    CAPTURE(text);
    CHECK_FALSE(reverse_address(Name::parse(text)->wire()));
  }
}

TEST_CASE("the zones of a block") {
  struct Case {
    const char* block;
    size_t count;
    const char* first;
    const char* last;
  };
  const std::vector<Case> cases = {
      {"240.0.0.0/16", 1, "0.240.in-addr.arpa", "0.240.in-addr.arpa"},
      {"0.0.0.0/0", 1, "in-addr.arpa", "in-addr.arpa"},
      {"240.0.0.0/4", 16, "240.in-addr.arpa", "255.in-addr.arpa"},
      {"10.32.0.0/12", 16, "32.10.in-addr.arpa", "47.10.in-addr.arpa"},
      {"10.0.0.128/25", 128, "128.0.0.10.in-addr.arpa", "255.0.0.10.in-addr.arpa"},
      {"10.0.0.7", 1, "7.0.0.10.in-addr.arpa", "7.0.0.10.in-addr.arpa"},
      {"2001:db8::/32", 1, "8.b.d.0.1.0.0.2.ip6.arpa", "8.b.d.0.1.0.0.2.ip6.arpa"},
      {"2001:db8::/31", 2, "8.b.d.0.1.0.0.2.ip6.arpa", "9.b.d.0.1.0.0.2.ip6.arpa"},
      {"2001:da0::/27", 2, "a.d.0.1.0.0.2.ip6.arpa", "b.d.0.1.0.0.2.ip6.arpa"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.block);
    const auto block = IpBlock::parse(c.block);
    const std::vector<Name> apexes = reverse_apexes(*block);
    REQUIRE(apexes.size() == c.count);
    CHECK(apexes.front().text() == c.first);
    CHECK(apexes.back().text() == c.last);
  }
}

}  // namespace
}  // namespace meshdns
