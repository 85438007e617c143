#include "k8s/mesh/address_block.h"

#include <doctest/doctest.h>

namespace meshdns {
namespace {

TEST_CASE("bits behind the prefix length do not count") {
  struct Row {
    const char* text;
    const char* block;
  };
  for (const Row& c : {Row{"192.0.2.7", "192.0.2.7/32"},
                       {"192.0.2.0/24", "192.0.2.0/24"},
                       {"192.0.2.7/24", "192.0.2.0/24"},
                       {"192.0.2.255/31", "192.0.2.254/31"},
                       {"192.0.2.7/0", "0.0.0.0/0"},
                       {"2001:db8::7/64", "2001:db8::/64"},
                       {"2001:db8::7/127", "2001:db8::6/127"}}) {
    CAPTURE(c.text);
    const auto block = parse_address_block(c.text);
    REQUIRE(block);
    CHECK(*block == *IpBlock::parse(c.block));
  }
  for (const char* refused : {"", "x", "/24", "192.0.2.7/", "192.0.2.7/33", "192.0.2.7/-1", "192.0.2.7/8x", "::7/129",
                              "192.0.2.7/99999999999999999999"}) {
    CAPTURE(refused);
    REQUIRE_FALSE(parse_address_block(refused));
    CHECK(parse_address_block(refused).error() == IpBlock::parse(refused).error());
  }
}

}  // namespace
}  // namespace meshdns
