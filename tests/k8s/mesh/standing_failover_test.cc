#include "k8s/mesh/standing_failover.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lint_fixture.h"

namespace meshdns {
namespace {

using Endpoint = StandingFailover::Endpoint;

/// Of a.bar.global, with a port for HTTP and one for streams.
const std::string kLocated =
    "ServiceEntry bar/e {hosts: [a.bar.global], ports: [{name: http, number: 8000, protocol: HTTP}, {name: tcp, "
    "number: "
    "9000, protocol: TCP}], endpoints: [{address: 10.96.0.7, locality: region1/zone1}, {address: 192.0.2.2, locality: "
    "region2/zone1}]}";
const std::string kDetection = "outlierDetection: {consecutiveGatewayErrors: 3, maxEjectionPercent: 100}";

std::string rule(const std::string& policy) {
  return "DestinationRule bar/d {host: a.bar.global, trafficPolicy: {" + policy + "}}";
}

std::vector<StandingFailover> standing(const Texts& objects) {
  return standing_failovers(mesh_of(objects, true, "f:1"));
}

TEST_CASE("each port stands by itself") {
  const auto all = standing(
      {kLocated,
       rule(kDetection +
            ", connectionPool: {tcp: {connectTimeout: 500ms}}, portLevelSettings: [{port: {number: 9000}}]"),
       "VirtualService bar/v {hosts: [a.bar.global], http: [{match: [{port: 8001}], route: [{destination: {host: "
       "a.bar.global}}]}, {timeout: 2s, route: [{destination: {host: a.bar.global}}], retries: {attempts: 2, retryOn: "
       "gateway-error, perTryTimeout: 0.5s, retryRemoteLocalities: true}}]}"});
  REQUIRE(all.size() == 2);
  CHECK(all[0].host == "a.bar.global");
  CHECK(all[0].port == 8000);
  CHECK(all[0].entry.object() == "ServiceEntry bar/e");
  CHECK(all[0].rule == "bar/d");
  CHECK(all[0].mode == LocalityMode::kFailover);
  CHECK(all[0].endpoints ==
        std::vector<Endpoint>{{"10.96.0.7", "region1/zone1", {}}, {"192.0.2.2", "region2/zone1", {}}});
  CHECK(all[0].detection->gateway_errors == 3);
  CHECK(all[0].connect_timeout == std::chrono::milliseconds(500));
  const VirtualService::Retries retries{2, "gateway-error", std::chrono::milliseconds(500), true};
  CHECK(all[0].routes ==
        std::vector<StandingFailover::Route>{{"bar/v", "spec.http[1]", retries, std::chrono::seconds(2)}});
  CHECK(all[0].losses.empty());
  CHECK(all[1].port == 9000);
  CHECK(all[1].mode == LocalityMode::kNone);
  CHECK(all[1].routes.empty());
  CHECK(all[1].losses.size() == 1);
}

TEST_CASE("shares are of the endpoints' localities, for each of the clients'") {
  const auto all =
      standing({kLocated, rule(kDetection + ", loadBalancer: {localityLbSetting: {distribute: [{from: region1, to: "
                                            "{region1: 90, region2/*: 10}}, {from: '*', to: {region1: 100}}]}}")});
  REQUIRE(all.size() == 2);
  CHECK(all[0].mode == LocalityMode::kDistribute);
  CHECK(all[0].endpoints == std::vector<Endpoint>{{"10.96.0.7", "region1/zone1", {{"region1", 90}, {"*", 100}}},
                                                  {"192.0.2.2", "region2/zone1", {{"region1", 10}, {"*", 0}}}});
}

TEST_CASE("what is lost begins with what moves nothing") {
  struct Row {
    std::string name;
    std::string policy;
    std::string expected;  // how the first loss of the port for HTTP begins
  };
  const std::string never = "requests do not move when the servers of a locality are dead";
  for (const Row& row : std::vector<Row>{
           {"no ejection", "tls: {}", never},
           {"errors that do not count", "outlierDetection: {consecutive5xxErrors: 0, maxEjectionPercent: 100}", never},
           {"Istio's limit", "outlierDetection: {}", never},
           {"retries that stay", kDetection, "until an endpoint is ejected, requests that failed there are not tried"},
           {"shares, which retries do not leave",
            kDetection + ", loadBalancer: {localityLbSetting: {distribute: [{from: '*', to: {region1: 50, region2: "
                         "50}}]}}",
            "requests that a server may have seen"}}) {
    CAPTURE(row.name);
    const auto all = standing({kLocated, rule(row.policy)});
    REQUIRE(all.size() == 2);
    REQUIRE_FALSE(all[0].losses.empty());
    CHECK_MESSAGE(all[0].losses[0].starts_with(row.expected), all[0].losses[0]);
  }
}

TEST_CASE("which hosts are shown") {
  struct Row {
    std::string name;
    Texts objects;
    size_t expected;
  };
  for (const Row& row : std::vector<Row>{
           {"no endpoint in a locality", {kEntry}, 0},
           {"a Service",
            {kService, "DestinationRule bar/s {host: s, trafficPolicy: {loadBalancer: {localityLbSetting: {}}}}"},
            0},
           {"several localities and no rule", {kLocated}, 2},
           {"a setting",
            {kEntry,
             "DestinationRule bar/a {host: a.bar.global, trafficPolicy: {loadBalancer: {localityLbSetting: {}}}}"},
            1}}) {
    CAPTURE(row.name);
    CHECK(standing(row.objects).size() == row.expected);
  }
}

}  // namespace
}  // namespace meshdns
