#include "k8s/mesh/failover_rule.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "objects.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

constexpr const char* kOnePort = "[{name: http, number: 80, protocol: HTTP}]";
constexpr const char* kTwoPorts = "[{name: http, number: 80, protocol: HTTP}, {name: db, number: 5432, protocol: TCP}]";
constexpr const char* kTwoRegions =
    "{address: 10.96.0.7, locality: r1/z1}, {address: 172.25.55.50, ports: {http: 15443, db: 15443}, locality: r2/z1}";

const Json kDetection = Json::parse(
    R"({"consecutiveGatewayErrors": 3, "consecutive5xxErrors": 0, "interval": "1s", "baseEjectionTime": "30s",
                                        "maxEjectionPercent": 100, "minHealthPercent": 1})");
const Json kBothWays =
    Json::parse(R"({"enabled": true, "failover": [{"from": "r1", "to": "r2"}, {"from": "r2", "to": "r1"}]})");
const Json kTls = Json::parse(R"({"mode": "ISTIO_MUTUAL", "sni": "outbound_.80_._.a.bar.svc.cluster.local"})");
const Json kTls5432 = Json::parse(R"({"mode": "ISTIO_MUTUAL", "sni": "outbound_.5432_._.a.bar.svc.cluster.local"})");

MeshEntry entry(const std::string& ports = kOnePort, const std::string& endpoints = kTwoRegions,
                const std::string& location = kMeshInternal) {
  const auto parsed = parse_mesh_entry(object_json("{hosts: [a.bar.global], location: " + location +
                                                   ", ports: " + ports + ", endpoints: [" + endpoints + "]}"));
  REQUIRE_MESSAGE(parsed, parsed.error());
  return *parsed;
}

FailoverWish wish() { return {*parse_mesh_host("a.bar.global"), {}, {}, {}, false, "", ""}; }

/// The trafficPolicy, of a rule that had the one in YAML; empty: there was none.
Json policy(const FailoverWish& wish, const MeshEntry& entry, const std::string& before = "") {
  const auto rule = failover_rule(
      wish, entry, before.empty() ? "" : object_json("{host: a.bar.global, trafficPolicy: " + before + "}"));
  REQUIRE_MESSAGE(rule, rule.error());
  return Json::parse(*rule)["spec"]["trafficPolicy"];
}

Json failing_over(const Json& locality = kBothWays) {
  return {{"outlierDetection", kDetection}, {"loadBalancer", {{"localityLbSetting", locality}}}};
}

Json with(Json object, const Json& more) {
  object.update(more);
  return object;
}

TEST_CASE("a new rule") {
  const Json object = Json::parse(*failover_rule(wish(), entry()));
  CHECK(object["metadata"] ==
        Json::parse(
            R"({"name": "a-bar", "namespace": "bar", "labels": {"app.kubernetes.io/managed-by": "meshdnsctl"}})"));
  CHECK(object["spec"] == Json{{"host", "a.bar.global"}, {"trafficPolicy", with(failing_over(), {{"tls", kTls}})}});
}

TEST_CASE("where requests go") {
  struct Row {
    const char* endpoints;
    std::vector<LocalityShare> distribute;
    const char* setting;
  };
  for (
      const Row& row : {
          Row{"{address: 10.0.0.1, locality: r1}, {address: 10.0.0.2, locality: r2}",
              {},
              R"({"enabled": true, "failover": [{"from": "r1", "to": "r2"}, {"from": "r2", "to": "r1"}]})"},
          Row{"{address: 10.0.0.1, locality: r1}, {address: 10.0.0.2, locality: r2}, {address: 10.0.0.3, locality: r3}",
              {},
              R"({"enabled": true})"},
          Row{"{address: 10.0.0.1, locality: r1/z1}, {address: 10.0.0.2, locality: r1/z2}", {}, R"({"enabled": true})"},
          Row{"{address: 10.0.0.1, locality: r1}, {address: 10.0.0.2, locality: r2}",
              {{"r1", 75}, {"r2", 25}},
              R"({"enabled": true, "distribute": [{"from": "*", "to": {"r1": 75, "r2": 25}}]})"},
      }) {
    CAPTURE(row.endpoints);
    FailoverWish each = wish();
    each.distribute = row.distribute;
    CHECK(policy(each, entry(kOnePort, row.endpoints)) == failing_over(Json::parse(row.setting)));
  }
}

TEST_CASE("what is there stays, but for what fails over") {
  const Json tls{{"mode", "ISTIO_MUTUAL"}, {"sni", "outbound_.80_._.other.foo.svc.cluster.local"}};
  struct Row {
    const char* before;
    Json then;
  };
  for (const Row& row : {
           Row{"{tls: {mode: ISTIO_MUTUAL, sni: outbound_.80_._.other.foo.svc.cluster.local}}",
               with(failing_over(), {{"tls", tls}})},
           Row{"{tls: {mode: ISTIO_MUTUAL}, tunnel: {protocol: CONNECT}}",
               with(failing_over(), {{"tls", {{"mode", "ISTIO_MUTUAL"}}}, {"tunnel", {{"protocol", "CONNECT"}}}})},
           Row{"{tls: {mode: ISTIO_MUTUAL}, outlierDetection: {interval: 5s, splitExternalLocalOriginErrors: true}, "
               "loadBalancer: {simple: LEAST_REQUEST, localityLbSetting: {distribute: [{from: '*', to: {r1: 100}}]}}}",
               {{"tls", {{"mode", "ISTIO_MUTUAL"}}},
                {"outlierDetection", with(kDetection, {{"splitExternalLocalOriginErrors", true}})},
                {"loadBalancer", {{"simple", "LEAST_REQUEST"}, {"localityLbSetting", kBothWays}}}}},
       }) {
    CAPTURE(row.before);
    CHECK(policy(wish(), entry(), row.before) == row.then);
  }
}

TEST_CASE("what says the same stays as it was written") {
  const std::string once = *failover_rule(wish(), entry());
  CHECK(*failover_rule(wish(), entry(), once) == once);
}

TEST_CASE("connections are given up where it is asked for, and stay so") {
  FailoverWish timed = wish();
  timed.connect_timeout = "500ms";
  const Json pool{{"tcp", {{"connectTimeout", "500ms"}}}};
  CHECK(policy(timed, entry())["connectionPool"] == pool);
  CHECK(
      policy(timed, entry(), "{connectionPool: {tcp: {maxConnections: 7, connectTimeout: 2s}, http: {maxRetries: 1}}}")
          ["connectionPool"] ==
      Json::parse(R"({"tcp": {"maxConnections": 7, "connectTimeout": "500ms"}, "http": {"maxRetries": 1}})"));
  CHECK(policy(wish(), entry(),
               "{connectionPool: {tcp: {connectTimeout: 2s}}}")["connectionPool"]["tcp"]["connectTimeout"] == "2s");
}

TEST_CASE("ports that have settings of their own get all of it there") {
  const Json http = with(failing_over(), {{"port", {{"number", 80}}}, {"tls", kTls}});
  const Json db = with(failing_over(), {{"port", {{"number", 5432}}}, {"tls", kTls5432}});
  CHECK(policy(wish(), entry(kTwoPorts)) == Json{{"portLevelSettings", {http, db}}});
  const std::string of_one =
      "{tls: {mode: ISTIO_MUTUAL}, portLevelSettings: [{port: {number: 80}, tls: {mode: ISTIO_MUTUAL}}]}";
  const Json mutual{{"tls", {{"mode", "ISTIO_MUTUAL"}}}};
  CHECK(policy(wish(), entry(kTwoPorts), of_one) ==
        with(with(failing_over(), mutual),
             {{"portLevelSettings", Json::array({with(with(failing_over(), mutual), {{"port", {{"number", 80}}}})})}}));
}

TEST_CASE("rules that cannot be") {
  const auto zone_aware = failover_rule(
      wish(), entry(), object_json("{host: a.bar.global, trafficPolicy: {loadBalancer: {zoneAwareLbSetting: {}}}}"));
  CHECK(zone_aware.error().find("zoneAwareLbSetting, which Istio does not take beside") != std::string::npos);
  CHECK_FALSE(failover_rule(wish(), entry(), object_json("{host: a.bar.global, trafficPolicy: 7}")));
  CHECK_FALSE(
      failover_rule(wish(), entry(), object_json("{host: a.bar.global, trafficPolicy: {portLevelSettings: [7]}}")));
}

TEST_CASE("without failover") {
  FailoverWish all = wish();
  all.connect_timeout = "500ms";
  struct Row {
    const char* ports;
    const char* before;  // of a rule that others made
  };
  for (const Row& row : {
           Row{kOnePort, "{tls: {mode: ISTIO_MUTUAL}}"},
           Row{kOnePort,
               "{tls: {mode: ISTIO_MUTUAL}, loadBalancer: {simple: RANDOM}, connectionPool: {http: {maxRetries: 1}}}"},
           Row{kTwoPorts,
               "{portLevelSettings: [{port: {number: 80}, tls: {mode: ISTIO_MUTUAL}}, {port: {number: 5432}, tls: "
               "{mode: ISTIO_MUTUAL}}]}"},
       }) {
    CAPTURE(row.before);
    const std::string before = object_json("{host: a.bar.global, trafficPolicy: " + std::string(row.before) + "}");
    const auto made = failover_rule(all, entry(row.ports), before);
    REQUIRE_MESSAGE(made, made.error());
    CHECK(Json::parse(*made) != Json::parse(before));
    CHECK(Json::parse(*rule_without_failover(*made)) == Json::parse(before));
    CHECK(Json::parse(*rule_without_failover(before)) == Json::parse(before));
  }
  const MeshEntry direct = entry(kOnePort, "{address: 10.0.0.1, locality: r1}, {address: 10.0.0.2, locality: r2}");
  CHECK(rule_without_failover(*failover_rule(wish(), direct))->empty());
  CHECK_FALSE(rule_without_failover(*failover_rule(wish(), entry()))->empty());
}

}  // namespace
}  // namespace meshdns
