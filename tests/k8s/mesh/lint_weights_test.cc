#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lint_fixture.h"

namespace meshdns {
namespace {

TEST_CASE("weights") {
  const auto shares = [](const std::string& one, const std::string& other) {
    return "VirtualService bar/r {hosts: [a.bar.global], http: [{route: [{destination: {host: s, port: {number: 80}}, "
           "weight: " +
           one + "}, {destination: {host: t}, weight: " + other + "}]}]}";
  };
  const std::string other = "Service bar/t {ports: [{port: 80}]}";
  const std::string two =
      "ServiceEntry bar/b {hosts: [b.bar.global], location: MESH_INTERNAL, resolution: STATIC, addresses: [240.0.0.3], "
      "ports: [{name: "
      "http, number: 8000}], endpoints: [{address: 192.0.2.1}, {address: 192.0.2.2}]}";
  const std::string halves = route(
      "{destination: {host: b.bar.global}, weight: 50}, {destination: {host: s, port: {number: 80}}, weight: 50}");
  check({
      {"100", {kEntry, kService, other, shares("50", "50")}, {}},
      {"99", {kEntry, kService, other, shares("50", "49")}, {"weights-sum bar/r spec.http[0]"}},
      {"0", {kEntry, kService, other, shares("0", "0")}, {"weights-sum-zero bar/r spec.http[0]"}},
      {"none", {kEntry, kService, other, shares("null", "null")}, {"weights-sum-zero bar/r spec.http[0]"}},
      {"negative",
       {kEntry, kService, other, shares("-1", "101")},
       {"weight-negative bar/r spec.http[0].route[0].weight"}},
      {"the only one",
       {kEntry, route("{destination: {host: a.bar.global}, weight: 0}")},
       {"weight-of-one bar/r spec.http[0].route[0].weight"}},
      {"the only one, with a weight", {kEntry, route("{destination: {host: a.bar.global}, weight: 50}")}, {}},
      {"one endpoint",
       {kEntry, kService,
        route("{destination: {host: a.bar.global}, weight: 50}, {destination: {host: s, port: {number: 80}}, weight: "
              "50}")},
       {"weights-no-failover bar/r spec.http[0]"}},
      {"of weight 0",
       {kEntry, kService,
        route("{destination: {host: a.bar.global}, weight: 0}, {destination: {host: s, port: {number: 80}}, weight: "
              "100}")},
       {}},
      {"no outlier detection", {kEntry, two, kService, halves}, {"weights-no-failover bar/r spec.http[0]"}},
      {"outlier detection",
       {kEntry, two, kService, halves,
        "DestinationRule bar/b {host: b.bar.global, trafficPolicy: {outlierDetection: {maxEjectionPercent: 50}}}"},
       {}},
      {"outlier detection of another port",
       {kEntry, two, kService, halves,
        "DestinationRule bar/b {host: b.bar.global, trafficPolicy: {portLevelSettings: [{port: {number: 8001}, "
        "outlierDetection: {}}]}}"},
       {"rule-port-unknown bar/b spec.trafficPolicy.portLevelSettings[0].port",
        "weights-no-failover bar/r spec.http[0]"}},
  });
}

}  // namespace
}  // namespace meshdns
