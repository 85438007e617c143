#include "k8s/stub/cluster_domain.h"

#include <doctest/doctest.h>

#include <string>

namespace meshdns {
namespace {

TEST_CASE("zones beside the cluster's own domains") {
  const auto corefile = Corefile::parse(
      ".:53 {\n    kubernetes cluster.local in-addr.arpa {\n        pods insecure\n    }\n}\n"
      "b:53 {\n    kubernetes b.example\n}\n");
  REQUIRE(corefile);
  const auto domains = cluster_domains(*corefile);
  CHECK(domains == std::vector<Name>{*Name::parse("cluster.local"), *Name::parse("b.example")});
  for (const char* zone : {"global", "mycluster.local", "a.example"}) {
    CHECK_FALSE(clash_with_cluster(*Name::parse(zone), domains));
  }
  for (const char* zone : {"cluster.local", "svc.cluster.local", "local", "example"}) {
    CHECK(clash_with_cluster(*Name::parse(zone), domains));
  }
}

}  // namespace
}  // namespace meshdns
