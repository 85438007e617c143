#include "k8s/mesh/locality.h"

#include <doctest/doctest.h>

namespace meshdns {
namespace {

TEST_CASE("localities as nodes' labels may have them") {
  for (const char* right : {"region1", "region1/zone1", "eu-west-1/eu-west-1a/rack_7.2", "r/z/s"}) {
    CAPTURE(right);
    const auto parsed = parse_locality(right);
    REQUIRE_MESSAGE(parsed, parsed.error());
    CHECK(*parsed == right);
  }
  for (const char* wrong :
       {"", "/", "region1/", "/zone1", "r//s", "r/z/s/t", "*", "region1/*", "-r", "r.", "r z", "r\n", "région"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_locality(wrong));
  }
  CHECK_FALSE(parse_locality(std::string(64, 'r')));
}

TEST_CASE("the region of a locality") {
  CHECK(region_of("region1/zone1/sub") == "region1");
  CHECK(region_of("region1") == "region1");
  CHECK(region_of("").empty());
}

TEST_CASE("what is in a locality") {
  struct Row {
    const char* locality;
    const char* wider;
    bool is_in;
  };
  for (const Row& row : {Row{"r1/z1/s1", "r1", true}, Row{"r1/z1", "r1/z1", true}, Row{"r1", "r1/z1", false},
                         Row{"r10/z1", "r1", false}, Row{"r2", "r1", false}}) {
    CAPTURE(row.locality);
    CHECK(is_in_locality(row.locality, row.wider) == row.is_in);
  }
}

}  // namespace
}  // namespace meshdns
