#include "zone/address.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("an address in text") {
  struct Case {
    const char* text;
    const char* expected;  // canonical; "" where it is refused
  };
  const std::vector<Case> cases = {
      {"240.0.0.2", "240.0.0.2"},
      {"2001:DB8::0:1", "2001:db8::1"},
      {"::ffff:1.2.3.4", "::ffff:1.2.3.4"},
      {"::", "::"},
      {"1.2.3", ""},
      {"1.2.3.256", ""},
      {"01.2.3.4", ""},
      {"", ""},
      {"1.2.3.4 ", ""},
      {"fe80::1%eth0", ""},
      {"1.2.3.4/32", ""},
      {"host", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto address = IpAddress::parse(c.text);
    REQUIRE(static_cast<bool>(address) == (*c.expected != '\0'));
    if (address) CHECK(address->text() == c.expected);
  }
}

TEST_CASE("a block of addresses") {
  struct Case {
    const char* block;
    const char* address;
    bool contains;
  };
  const std::vector<Case> cases = {
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"0.0.0.0/0", "1.2.3.4", true},
      {"0.0.0.0/0", "::1", false},
      {"10.1.2.128/25", "10.1.2.129", true},
      {"10.1.2.128/25", "10.1.2.127", false},
      {"::1/128", "::1", true},
      {"2001:db8::/33", "2001:db8:8000::", false},
      {"1.2.3.4", "1.2.3.4", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.block);
    CAPTURE(c.address);
    CHECK(IpBlock::parse(c.block)->contains(*IpAddress::parse(c.address)) == c.contains);
  }
  for (const char* refused :
       {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "/8", "::/129", "x/8"}) {
    CAPTURE(refused);
    CHECK_FALSE(IpBlock::parse(refused));
  }
  CHECK(IpBlock::parse("1.2.3.4/32")->is_single());
  CHECK_FALSE(IpBlock::parse("1.2.3.0/24")->is_single());
}

}  // namespace
}  // namespace meshdns
