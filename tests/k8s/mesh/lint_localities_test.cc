#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lint_fixture.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

std::string rule(const std::string& setting) {
  return "DestinationRule bar/a {host: a.bar.global, trafficPolicy: {outlierDetection: {consecutiveGatewayErrors: 3, "
         "consecutive5xxErrors: 0, maxEjectionPercent: 50}, loadBalancer: {localityLbSetting: {" +
         setting + "}}}}";
}

std::string distribute(const std::string& to, const std::string& from = "'*'") {
  return "{from: " + from + ", to: {" + to + "}}";
}

/// Of a.bar.global: the cluster's own Service, and a gateway.
std::string entry_in(const std::string& own, const std::string& other) {
  return "ServiceEntry bar/a {hosts: [a.bar.global], location: MESH_INTERNAL, resolution: STATIC, addresses: "
         "[240.0.0.2], ports: [{name: http, number: 8000, protocol: TCP}], endpoints: [{address: 10.96.0.7, "
         "locality: " +
         own + ", labels: {security.istio.io/tlsMode: istio}}, {address: 192.0.2.2, ports: {http: 15443}, locality: " +
         other + ", labels: {security.istio.io/tlsMode: istio}}]}";
}

const std::string kEntryInTwo = entry_in("region1/zone1", "region2/zone1");
const std::string kSetting = " bar/a spec.trafficPolicy.loadBalancer.localityLbSetting";

TEST_CASE("locality-refused") {
  struct Refused {
    std::string setting;
    std::string field;  // empty: Istio takes it
  };
  for (const Refused& c : std::vector<Refused>{
           {"distribute: [" + distribute("region1: 75, region2: 25") + "]", ""},
           {"distribute: [" + distribute("region1/zone1: 75, region2/*: 25") + "]", ""},
           {"failover: [{from: region1, to: region2}, {from: region2, to: region1}]", ""},
           {"failover: [{from: region1, to: region2}], failoverPriority: [topology.istio.io/network]", ""},
           {"distribute: [" + distribute("region1: 75, region2: 25") + "], failover: [{from: region1, to: region2}]",
            kSetting},
           {"distribute: [" + distribute("region1: 75, region2: 24") + "]", kSetting + ".distribute[0].to"},
           {"distribute: [" + distribute("region1: 100, region2: 0") + "]", kSetting + ".distribute[0].to"},
           {"distribute: [" + distribute("region1: 50, region1/zone1: 10, region2: 40") + "]",
            kSetting + ".distribute[0].to"},
           {"distribute: [" + distribute("region1/*: 50, region1/zone1: 10, region2: 40") + "]",
            kSetting + ".distribute[0].to"},
           {"distribute: [" + distribute("region1: 60, region2: 40") + ", " +
                distribute("region1: 60, region2: 40", "region1") + "]",
            kSetting + ".distribute[1].from"},
           {"distribute: [" + distribute("region1: 60, region2: 40", "region1") + ", " +
                distribute("region1: 60, region2: 40") + "]",
            ""},
           {"distribute: [" + distribute("region1: 60, region2: 40", "region1/zone1") + ", " +
                distribute("region1: 60, region2: 40", "region1/*") + "]",
            ""},
           {"distribute: [" + distribute("region1: 60, region2: 40", "region1/zone1") + ", " +
                distribute("region1: 60, region2: 40", "region1") + "]",
            kSetting + ".distribute[1].from"},
           {"distribute: [" + distribute("region1: 60, region2: 40", "region1//x") + "]",
            kSetting + ".distribute[0].from"},
           {"distribute: [" + distribute("region1: 60, region2: 40", "'*/zone1'") + "]",
            kSetting + ".distribute[0].from"},
           {"failover: [{from: region2, to: region2}]", kSetting + ".failover[0]"},
           {"failover: [{from: region1/zone1, to: region2}]", kSetting + ".failover[0].from"},
           {"failover: [{from: '*', to: region2}]", kSetting + ".failover[0].from"},
           {"failover: [{from: region1, to: region2}], failoverPriority: [topology.kubernetes.io/zone]",
            kSetting + ".failoverPriority"},
       }) {
    CAPTURE(c.setting);
    std::vector<LintMesh> meshes;
    meshes.push_back(mesh_of({kEntryInTwo, rule(c.setting)}, true, "f:1"));
    CHECK(joined(texts(lint(meshes, lint_options()))) == (c.field.empty() ? "" : "locality-refused" + c.field));
  }
}

TEST_CASE("localities of endpoints that a setting does not name, or names in vain") {
  const std::string a = "locality-left-out" + kSetting + ".distribute[0].to";
  const std::string b = "locality-elsewhere" + kSetting + ".distribute[0].to";
  check({
      {"left out", {kEntryInTwo, rule("distribute: [" + distribute("region1: 100") + "]")}, {a}},
      {"a zone that is left out",
       {kEntryInTwo, rule("distribute: [" + distribute("region1/zone2: 50, region2: 50") + "]")},
       {a, b}},
      {"all", {kEntryInTwo, rule("distribute: [" + distribute("'*': 100") + "]")}, {}},
      {"nobody there",
       {kEntryInTwo, rule("distribute: [" + distribute("region1: 40, region2: 40, region3: 20") + "]")},
       {b}},
      {"no region of endpoints",
       {kEntryInTwo, rule("failover: [{from: region1, to: region3}]")},
       {"locality-elsewhere" + kSetting + ".failover[0].to"}},
      {"clients of a region without endpoints", {kEntryInTwo, rule("failover: [{from: region3, to: region1}]")}, {}},
      {"off", {kEntryInTwo, rule("enabled: false, distribute: [" + distribute("region1: 100") + "]")}, {}},
  });
}

TEST_CASE("locality-unknown") {
  struct Known {
    std::string name;
    std::string entry;
    std::vector<Texts> clusters;  // what each has besides; the first has the entry
    std::string expected;         // "endpoints[0]"
    bool live = true;
  };
  const auto node = [](const std::string& region, const std::string& zone) {
    return "Node /" + region + "-" + zone + " {topology.kubernetes.io/region: " + region +
           ", topology.kubernetes.io/zone: " + zone + "}";
  };
  const std::string service = "Service bar/a {clusterIP: 10.96.0.7, ports: [{port: 8000}]}";
  const std::string one = node("region1", "zone1");
  const std::string two = node("region2", "zone1");
  for (const Known& c : std::vector<Known>{
           {"nodes are there", kEntryInTwo, {{service, one}, {two}}, ""},
           {"no node of any cluster",
            entry_in("region1/zone1", "region2/zone9"),
            {{service, one}, {two}},
            "endpoints[1]"},
           {"no node of its cluster",
            entry_in("region2/zone1", "region1/zone1"),
            {{service, one}, {two}},
            "endpoints[0]"},
           {"no node of its cluster, the only one that is asked",
            entry_in("region9", "region2"),
            {{service, one}},
            "endpoints[0]"},
           {"a region", entry_in("region1", "region2"), {{service, one}, {two}}, ""},
           {"clusters that are not asked", entry_in("region1", "region9"), {{service, one}}, ""},
           {"a cluster whose nodes are not known", entry_in("region1", "region9"), {{service, one}, {}}, ""},
           {"nodes without labels", entry_in("region8", "region9"), {{service, "Node /n {}"}, {}}, ""},
           {"nodes in files", entry_in("region1", "region9"), {{one, two}}, "endpoints[1]", false},
           {"files without nodes", entry_in("region1", "region9"), {{}}, "", false},
       }) {
    CAPTURE(c.name);
    std::vector<LintMesh> meshes;
    for (const Texts& cluster : c.clusters) {
      Texts objects = cluster;
      if (meshes.empty()) objects.push_back(c.entry);
      if (meshes.empty()) objects.push_back(rule(""));
      meshes.push_back(mesh_of(objects, c.live, "f:1"));
    }
    const std::string field = c.expected.empty() ? "" : "locality-unknown bar/a spec." + c.expected + ".locality";
    CHECK(joined(texts(lint(meshes, lint_options()))) == field);
  }
}

TEST_CASE("messages name the nearest locality, and those that there are") {
  std::vector<LintMesh> meshes;
  meshes.push_back(mesh_of({kEntryInTwo, rule("failover: [{from: region1, to: regoin2}]")}, true, "f:1"));
  const auto findings = lint(meshes, lint_options());
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].message ==
        "found regoin2, where no endpoint of a.bar.global is; the nearest is region2; there are region1, region2");
}

}  // namespace
}  // namespace meshdns
