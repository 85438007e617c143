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
  CHECK(rule.policy.of_port(80).outlier_detection);
  CHECK(rule.policy.of_port(80).consistent_hash);
  CHECK(rule.policy.of_port(80).tls_mode.empty());
  CHECK(rule.policy.of_port(81).tls_mode == "ISTIO_MUTUAL");
  REQUIRE(rule.subset("v1") != nullptr);
  CHECK(rule.subset("v1")->labels == TextMap{{"version", "1"}});
  CHECK_FALSE(rule.subset("v1")->policy);
  CHECK(rule.subset("v2")->policy->tls_mode == "DISABLE");
  CHECK(rule.subset("v2")->policy->locality_setting);
  CHECK(rule.subset("v3") == nullptr);
}

TEST_CASE("what is no DestinationRule") {
  for (const WrongSpec& c : std::vector<WrongSpec>{
           {"{}", "spec.host: expected a host name"},
           {"{host: 1}", "spec.host: found 1, expected a text"},
           {"{host: a, trafficPolicy: {tls: {mode: 1}}}", "spec.trafficPolicy.tls.mode: found 1, expected a text"},
           {"{host: a, trafficPolicy: {portLevelSettings: [{}]}}",
            "spec.trafficPolicy.portLevelSettings[0].port.number: expected a number from 1 to 65535"},
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
