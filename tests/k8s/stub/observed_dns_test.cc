#include "k8s/stub/observed_dns.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/k8s/stub/cluster_fixture.h"

namespace meshdns {
namespace {

Result<ObservedDns> observe(const ClusterFixture& cluster) {
  return observe_dns([&](const std::string& path) -> Result<ObservedAnswer> { return cluster.get(path); });
}

TEST_CASE("what must not be read is an error where it is needed, and less evidence elsewhere") {
  struct Case {
    std::string resource;
    bool needed;
  };
  const std::vector<Case> cases = {
      {"services", true},        {"deployments", true}, {"daemonsets", true},        {"configmaps", true},
      {"endpointslices", false}, {"nodes", false},      {"helmchartconfigs", false},
  };
  for (const Case& each : cases) {
    CAPTURE(each.resource);
    ClusterFixture cluster("rke2");
    cluster.forbidden = each.resource;
    const auto dns = observe(cluster);
    const std::string expected =
        "the API server answers 403: User \"guest\" cannot list resource \"" + each.resource + "\"";
    CHECK(bool(dns) == !each.needed);
    CHECK((dns ? dns->unread.at(0) : dns.error()) == expected);
  }
}

TEST_CASE("what cannot be asked is an error") {
  const auto dns = observe_dns([](const std::string&) -> Result<ObservedAnswer> { return Error{"no route"}; });
  CHECK(dns.error() == "no route");
}

TEST_CASE("what is not of Kubernetes is an error with its path") {
  const std::vector<std::string> bodies = {"",
                                           "[]",
                                           "<html>",
                                           R"({"items":[{}]})",
                                           R"({"items":[{"metadata":{"name":1}}]})",
                                           R"({"items":[{"metadata":{"name":"a"},"spec":{"ports":[{}]}}]})"};
  for (const std::string& body : bodies) {
    CAPTURE(body);
    const auto dns = observe_dns([&](const std::string& path) -> Result<ObservedAnswer> {
      return ObservedAnswer{200, path.ends_with("services") ? body : R"({"groups":[],"items":[]})"};
    });
    REQUIRE_FALSE(dns);
    CHECK(dns.error().starts_with("GET /api/v1/namespaces/kube-system/services: found "));
  }
}

TEST_CASE("values of other types than expected are passed over") {
  const std::string body = R"({"items":[{"metadata":{"name":"a","labels":[1],"annotations":{"b":1},"managedFields":7,
    "ownerReferences":"x"},"spec":{"clusterIP":1,"selector":"s","ports":null}}]})";
  const auto dns = observe_dns([&](const std::string& path) -> Result<ObservedAnswer> {
    return ObservedAnswer{200, path.ends_with("services") ? body : R"({"groups":[],"items":[]})"};
  });
  REQUIRE(dns);
  REQUIRE(dns->services.size() == 1);
  CHECK(dns->services[0].name == "a");
  CHECK(dns->services[0].addresses.empty());
  CHECK_FALSE(dns->services[0].answers_dns());
}

}  // namespace
}  // namespace meshdns
