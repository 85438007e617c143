#include "k8s/mesh/destination_rule.h"

#include <vector>

#include "objects.h"

namespace meshdns {
namespace {

DestinationRule parsed(const std::string& spec) {
  auto rule = parse_destination_rule(object_json(spec));
  REQUIRE_MESSAGE(rule, rule.error());
  return *std::move(rule);
}

TEST_CASE("what a DestinationRule has") {
  const DestinationRule rule = parsed(
      "{host: A, exportTo: ['*'], workloadSelector: {matchLabels: {app: x}}, trafficPolicy: {tls: {mode: ISTIO_MUTUAL, "
      "sni: s}, "
      "portLevelSettings: [{port: {number: 80}, outlierDetection: {}, loadBalancer: {consistentHash: {httpHeaderName: "
      "x}}}]},"
      "subsets: [{name: v1, labels: {version: '1'}}, {name: v2, trafficPolicy: {tls: {}, loadBalancer: "
      "{localityLbSetting: {}}}}]}");
  CHECK(rule.object() == "DestinationRule bar/a");
  CHECK(rule.host == "a.bar.svc.cluster.local");
  CHECK(rule.export_to == std::vector<std::string>{"*"});
  CHECK(rule.workload_selector == TextMap{{"app", "x"}});
  CHECK(rule.policy.tls_mode == "ISTIO_MUTUAL");
  CHECK(rule.policy.sni == "s");
  REQUIRE(rule.policy.ports.size() == 1);
  CHECK(rule.policy.ports[0].pointer == "/spec/trafficPolicy/portLevelSettings/0");
  CHECK(rule.policy.pointer == "/spec/trafficPolicy");
  CHECK(rule.policy.of_port(80).outlier_detection == DestinationRule::OutlierDetection{});
  CHECK_FALSE(rule.policy.outlier_detection.has_value());
  CHECK(rule.policy.of_port(80).consistent_hash);
  CHECK(rule.policy.of_port(80).tls_mode.empty());
  CHECK(rule.policy.of_port(81).tls_mode == "ISTIO_MUTUAL");
  REQUIRE(rule.subset("v1") != nullptr);
  CHECK(rule.subset("v1")->labels == TextMap{{"version", "1"}});
  CHECK_FALSE(rule.subset("v1")->policy);
  CHECK(rule.subset("v2")->policy->tls_mode == "DISABLE");
  CHECK(rule.subset("v2")->policy->pointer == "/spec/subsets/1/trafficPolicy");
  CHECK(rule.subset("v2")->policy->locality_lb == DestinationRule::LocalityLb{});
  CHECK(rule.subset("v3") == nullptr);
}

TEST_CASE("what ejects endpoints, and where requests go then") {
  using LocalityLb = DestinationRule::LocalityLb;
  const DestinationRule rule = parsed(
      "{host: a, trafficPolicy: {outlierDetection: {consecutiveGatewayErrors: 3, consecutive5xxErrors: 0, interval: "
      "1s, baseEjectionTime: 1m30s, maxEjectionPercent: 100, splitExternalLocalOriginErrors: true, minHealthPercent: "
      "1}, connectionPool: {tcp: "
      "{connectTimeout: 500ms}}, loadBalancer: {localityLbSetting: {enabled: false, distribute: [{from: '*', to: "
      "{region1/zone1: 75, region2: 25}}], failover: [{from: region1, to: region2}], failoverPriority: [x]}}}}");
  const DestinationRule::OutlierDetection expected{.gateway_errors = 3,
                                                   .server_errors = 0,
                                                   .interval = std::chrono::seconds(1),
                                                   .base_ejection_time = std::chrono::seconds(90),
                                                   .max_ejection_percent = 100,
                                                   .split_local_errors = true,
                                                   .min_health_percent = 1};
  CHECK(rule.policy.outlier_detection == expected);
  CHECK(rule.policy.connect_timeout == std::chrono::milliseconds(500));
  const std::string setting = "/spec/trafficPolicy/loadBalancer/localityLbSetting";
  CHECK(rule.policy.locality_lb ==
        LocalityLb{.enabled = false,
                   .distribute = {{setting + "/distribute/0", "*", {{"region1/zone1", 75}, {"region2", 25}}}},
                   .failover = {{setting + "/failover/0", "region1", "region2"}},
                   .failover_priority = {"x"}});
}

TEST_CASE("what is no DestinationRule") {
  for (const WrongSpec& c : std::vector<WrongSpec>{
           {"{}", "spec.host: expected a host name"},
           {"{host: 1}", "spec.host: found 1, expected a text"},
           {"{host: a, trafficPolicy: {tls: {mode: 1}}}", "spec.trafficPolicy.tls.mode: found 1, expected a text"},
           {"{host: a, trafficPolicy: {portLevelSettings: [{}]}}",
            "spec.trafficPolicy.portLevelSettings[0].port.number: expected a number from 1 to 65535"},
           {"{host: a, trafficPolicy: {outlierDetection: []}}",
            "spec.trafficPolicy.outlierDetection: found a list, expected a mapping"},
           {"{host: a, trafficPolicy: {outlierDetection: {consecutive5xxErrors: -1}}}",
            "spec.trafficPolicy.outlierDetection.consecutive5xxErrors: found -1, expected a number from 0 to "
            "4294967295"},
           {"{host: a, trafficPolicy: {outlierDetection: {interval: 10}}}",
            "spec.trafficPolicy.outlierDetection.interval: found 10, expected a text"},
           {"{host: a, trafficPolicy: {outlierDetection: {interval: -1s}}}",
            "spec.trafficPolicy.outlierDetection.interval: found \"-1s\", expected a time of at least 1ms"},
           {"{host: a, trafficPolicy: {outlierDetection: {baseEjectionTime: 8761h}}}",
            "spec.trafficPolicy.outlierDetection.baseEjectionTime: found \"8761h\", expected a time"},
           {"{host: a, trafficPolicy: {loadBalancer: {localityLbSetting: {enabled: 1}}}}",
            "spec.trafficPolicy.loadBalancer.localityLbSetting.enabled: found 1, expected true or false"},
           {"{host: a, trafficPolicy: {loadBalancer: {localityLbSetting: {distribute: [{to: {r: x}}]}}}}",
            "spec.trafficPolicy.loadBalancer.localityLbSetting.distribute[0].to.r: found \"x\", expected a number"},
           {"{host: a, subsets: [{}]}", "spec.subsets[0].name: expected a name"},
           {"{host: a, subsets: [{name: v1, labels: {a: 1}}]}",
            "spec.subsets[0].labels.a: found 1, expected a text"}}) {
    CAPTURE(c.spec);
    const auto rule = parse_destination_rule(object_json(c.spec));
    REQUIRE_FALSE(rule);
    CHECK_MESSAGE(rule.error().starts_with(c.expected), rule.error());
  }
}

}  // namespace
}  // namespace meshdns
