#include "k8s/mesh/failover_wish.h"

#include <doctest/doctest.h>

#include <string>

namespace meshdns {
namespace {

TEST_CASE("LOCALITY=SHARE") {
  CHECK(*parse_locality_share("region1/zone1=75") == LocalityShare{"region1/zone1", 75});
  CHECK(*parse_locality_share("region1=100") == LocalityShare{"region1", 100});
  for (const char* wrong : {"", "region1", "region1=", "region1=0", "region1=-1", "region1=101", "region1=1.5",
                            "region1=5%", "*=50", "region1/*=50", "=50", "region1=99999999999999999999", "a=b=5"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_locality_share(wrong));
  }
}

TEST_CASE("shares that Istio takes") {
  struct Row {
    std::vector<LocalityShare> shares;
    const char* error;  // its part; empty: none
  };
  for (const Row& row : {
           Row{{{"r1", 75}, {"r2", 25}}, ""},
           Row{{{"r1/z1", 1}, {"r1/z2", 99}}, ""},
           Row{{{"r1", 75}, {"r2", 24}}, "sum to 99, expected 100"},
           Row{{{"r1", 75}, {"r2", 75}}, "sum to 150, expected 100"},
           Row{{{"r1", 50}, {"r1", 50}}, "found r1 twice"},
           Row{{{"r1", 50}, {"r1/z1", 50}}, "found r1/z1 beside r1, which it is in"},
       }) {
    const auto error = check_shares(row.shares);
    const std::string text = error ? error->message : "";
    CAPTURE(text);
    CHECK(text.empty() == std::string(row.error).empty());
    CHECK(text.find(row.error) != std::string::npos);
  }
}

TEST_CASE("ADDRESS=LOCALITY") {
  CHECK(*parse_address_locality("172.25.55.50=region2/zone1") ==
        std::pair<std::string, std::string>("172.25.55.50", "region2/zone1"));
  CHECK(parse_address_locality("A.bar.svc.cluster.local=r1")->first == "a.bar.svc.cluster.local");
  CHECK(parse_address_locality("fd00:0::1=r1")->first == "fd00::1");
  for (const char* wrong : {"", "172.25.55.50", "172.25.55.50=", "=r1", "172.25.55.50=*", "not an address=r1"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_address_locality(wrong));
  }
}

}  // namespace
}  // namespace meshdns
