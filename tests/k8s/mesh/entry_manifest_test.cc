#include "k8s/mesh/entry_manifest.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "k8s/istio/manifest.h"
#include "k8s/mesh/gateway_sni.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

/// The object that a YAML text holds.
Json object(const std::string& yaml) {
  const auto objects = parse_manifest(yaml, "test");
  REQUIRE_MESSAGE(objects, objects.error());
  return Json::parse(objects->front().json);
}

EntryWish wish(std::vector<EntryPort> ports = {{"http1", 8000, "HTTP"}}) {
  return {*parse_mesh_host("serverservice04.bar.global"),
          std::move(ports),
          {{"172.25.55.50", kGatewayPort, "region2/zone1"}},
          {*IpAddress::parse("240.0.0.2")},
          Sni::kService,
          "serverservice04.bar.svc.cluster.local"};
}

constexpr const char* kEntry = R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: serverservice04-bar
  namespace: bar
  labels: {app.kubernetes.io/managed-by: meshdnsctl}
spec:
  hosts: [serverservice04.bar.global]
  addresses: [240.0.0.2]
  location: MESH_INTERNAL
  ports:
  - {number: 8000, name: http1, protocol: HTTP}
  resolution: STATIC
  endpoints:
  - address: 172.25.55.50
    ports: {http1: 15443}
    locality: region2/zone1
    labels: {security.istio.io/tlsMode: istio}
)";

constexpr const char* kRule = R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: serverservice04-bar
  namespace: bar
  labels: {app.kubernetes.io/managed-by: meshdnsctl}
spec:
  host: serverservice04.bar.global
  trafficPolicy:
    tls: {mode: ISTIO_MUTUAL, sni: outbound_.8000_._.serverservice04.bar.svc.cluster.local}
)";

// The tutorial's, with what others might have added.
constexpr const char* kTutorials = R"(
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: {name: servicename04-bar, namespace: bar, annotations: {by: hand}}
spec:
  hosts: [ServerService04.bar.global.]
  location: MESH_INTERNAL
  exportTo: ["*"]
  unknown: kept
  ports:
  - {name: http1, number: 8000, protocol: http, targetPort: 8080}
  - {name: old, number: 1, protocol: TCP}
  resolution: DNS
  addresses: [240.0.0.2/32]
  endpoints:
  - {address: 172.25.55.50, ports: {http1: 15443}, weight: 7}
  - {address: 172.25.55.51, ports: {http1: 15443}}
)";

TEST_CASE("a new entry, and its rule") {
  CHECK(Json::parse(*entry_manifest(wish())) == object(kEntry));
  CHECK(Json::parse(*rule_manifest(wish())) == object(kRule));

  EntryWish elsewhere = wish();
  elsewhere.rule_name_space = "foo";
  CHECK(Json::parse(*rule_manifest(elsewhere))["metadata"]["namespace"] == "foo");
}

TEST_CASE("what is there already stays as it is") {
  const std::string entry = object(kEntry).dump();
  CHECK(Json::parse(*entry_manifest(wish(), entry)) == object(kEntry));
  CHECK(Json::parse(*rule_manifest(wish(), object(kRule).dump())) == object(kRule));
}

TEST_CASE("an entry by hand keeps what is not asked for") {
  Json expected = object(kTutorials);
  expected["spec"]["ports"].erase(1);
  expected["spec"]["endpoints"].erase(1);
  expected["spec"]["endpoints"][0]["locality"] = "region2/zone1";
  expected["spec"]["endpoints"][0]["labels"]["security.istio.io/tlsMode"] = "istio";
  CHECK(Json::parse(*entry_manifest(wish(), object(kTutorials).dump())) == expected);

  EntryWish other = wish({{"http1", 8000, "TCP"}, {"new", 9, "TCP"}});
  other.addresses = {*IpAddress::parse("240.0.0.3"), *IpAddress::parse("fd00::3")};
  const Json edited = Json::parse(*entry_manifest(other, object(kTutorials).dump()));
  CHECK(edited["spec"]["addresses"] == Json{"240.0.0.3", "fd00::3"});
  CHECK(edited["spec"]["ports"][0] ==
        Json{{"name", "http1"}, {"number", 8000}, {"protocol", "TCP"}, {"targetPort", 8080}});
  CHECK(edited["spec"]["ports"][1] == Json{{"name", "new"}, {"number", 9}, {"protocol", "TCP"}});
  CHECK(edited["spec"]["endpoints"][0]["ports"] == Json{{"http1", 15443}, {"new", 15443}});
}

TEST_CASE("endpoints that are reached directly") {
  EntryWish direct = wish();
  direct.endpoints = {{"10.1.2.3", {}, ""}, {"a.example.org", {}, "region2"}};
  const Json spec = Json::parse(*entry_manifest(direct))["spec"];
  CHECK(spec["resolution"] == "DNS");
  CHECK(spec["endpoints"] == Json{{{"address", "10.1.2.3"}}, {{"address", "a.example.org"}, {"locality", "region2"}}});
  CHECK(rule_manifest(direct)->empty());
  CHECK(*rule_manifest(direct, R"({"metadata":{"name":"x"},"spec":{"host":"a"}})") ==
        R"({"metadata":{"name":"x"},"spec":{"host":"a"}})");
  CHECK(rule_manifest(direct, object(kRule).dump()).error().find("take it out") != std::string::npos);

  direct.endpoints[1].gateway = kGatewayPort;  // mTLS is for all of them then
  const Json both = Json::parse(*entry_manifest(direct))["spec"]["endpoints"];
  CHECK(both[0] == Json{{"address", "10.1.2.3"}, {"labels", {{"security.istio.io/tlsMode", "istio"}}}});
}

TEST_CASE("the client's own servers beside another cluster's") {
  EntryWish both = wish({{"http1", 8000, "HTTP"}, {"tcp", 9000, "TCP"}});
  both.endpoints.insert(both.endpoints.begin(), {"a.bar.svc.cluster.local", {}, "region1", {{8000, 80}}});
  const Json mtls{{"security.istio.io/tlsMode", "istio"}};
  const Json endpoints = Json::parse(*entry_manifest(both))["spec"]["endpoints"];
  CHECK(endpoints[0] == Json{{"address", "a.bar.svc.cluster.local"},
                             {"locality", "region1"},
                             {"ports", {{"http1", 80}}},
                             {"labels", mtls}});
  CHECK(endpoints[1]["ports"] == Json{{"http1", 15443}, {"tcp", 15443}});

  EntryWish alone = wish();
  alone.endpoints = {{"10.96.0.7", {}, "region1"}};
  alone.has_sidecars = true;
  CHECK(Json::parse(*entry_manifest(alone))["spec"]["endpoints"][0] ==
        Json{{"address", "10.96.0.7"}, {"locality", "region1"}, {"labels", mtls}});
  CHECK(Json::parse(*rule_manifest(alone)) == object(kRule));
}

TEST_CASE("rules") {
  const std::vector<EntryPort> two{{"http1", 8000, "HTTP"}, {"tcp", 9000, "TCP"}};
  const char* const sni = "outbound_.8000_._.serverservice04.bar.svc.cluster.local";
  const char* const sni2 = "outbound_.9000_._.serverservice04.bar.svc.cluster.local";
  struct Case {
    const char* name;
    std::vector<EntryPort> ports;
    Sni sni;
    const char* before;  // trafficPolicy
    Json after;
  };
  const auto tls = [](const char* sni) { return Json{{"mode", "ISTIO_MUTUAL"}, {"sni", sni}}; };
  const Json mutual{{"mode", "ISTIO_MUTUAL"}};
  const Json ejects{{"maxEjectionPercent", 100}};
  const auto port = [](uint16_t number) { return Json{{"number", number}}; };
  for (
      const Case& c : std::vector<Case>{
          {"one port", {two[0]}, Sni::kService, "{}", {{"tls", tls(sni)}}},
          {"no policy", {two[0]}, Sni::kService, "null", {{"tls", tls(sni)}}},
          {"others' settings stay",
           {two[0]},
           Sni::kService,
           R"({"outlierDetection":{"maxEjectionPercent":100},"tls":{"mode":"ISTIO_MUTUAL","subjectAltNames":["a"]}})",
           {{"outlierDetection", ejects},
            {"tls", {{"mode", "ISTIO_MUTUAL"}, {"sni", sni}, {"subjectAltNames", {"a"}}}}}},
          {"another mode's settings go",
           {two[0]},
           Sni::kService,
           R"({"tls":{"mode":"MUTUAL","clientCertificate":"/c"}})",
           {{"tls", tls(sni)}}},
          {"the port has its own",
           {two[0]},
           Sni::kService,
           R"({"portLevelSettings":[{"port":{"number":8000},"connectionPool":{}},{"port":{"number":7}}]})",
           {{"tls", tls(sni)},
            {"portLevelSettings",
             {{{"port", port(8000)}, {"connectionPool", Json::object()}, {"tls", tls(sni)}}, {{"port", port(7)}}}}}},
          {"several ports, which inherit nothing",
           two,
           Sni::kService,
           R"({"outlierDetection":{"maxEjectionPercent":100}})",
           {{"outlierDetection", ejects},
            {"portLevelSettings",
             {{{"port", port(8000)}, {"outlierDetection", ejects}, {"tls", tls(sni)}},
              {{"port", port(9000)}, {"outlierDetection", ejects}, {"tls", tls(sni2)}}}}}},
          {"global", two, Sni::kGlobal, "{}", {{"tls", mutual}}},
          {"global where another sni stood",
           {two[0]},
           Sni::kGlobal,
           R"({"tls":{"mode":"ISTIO_MUTUAL","sni":"x"},"portLevelSettings":[{"port":{"number":8000},"tls":{"mode":"SIMPLE","sni":"y"}}]})",
           {{"tls", mutual}, {"portLevelSettings", {{{"port", port(8000)}, {"tls", mutual}}}}}}}) {
    CAPTURE(c.name);
    EntryWish wished = wish(c.ports);
    wished.sni = c.sni;
    const std::string existing =
        std::string(
            R"({"metadata":{"name":"x","namespace":"bar"},"spec":{"host":"serverservice04.bar.global","trafficPolicy":)") +
        c.before + "}}";
    const auto rule = rule_manifest(wished, existing);
    REQUIRE_MESSAGE(rule, rule.error());
    CHECK(Json::parse(*rule)["spec"]["trafficPolicy"] == c.after);
    CHECK(Json::parse(*rule_manifest(wished, *rule)) == Json::parse(*rule));
  }
}

TEST_CASE("objects that cannot be what is wished") {
  struct Case {
    const char* spec;
    const char* said;
  };
  for (const Case& c :
       std::vector<Case>{{R"({"hosts":["a","b"]})", "is for 2 hosts"},
                         {R"({"hosts":["a"],"workloadSelector":{"labels":{"a":"b"}}})", "workloadSelector"},
                         {R"({"hosts":["a"],"ports":7})", "spec.ports"},
                         {R"({"hosts":["a"],"ports":[{"number":"x"}]})", "spec.ports[0].number"},
                         {R"({"hosts":["a"],"endpoints":[{"labels":[]}]})", "labels"}}) {
    CAPTURE(c.spec);
    const auto entry = entry_manifest(wish(), std::string(R"({"metadata":{"name":"x"},"spec":)") + c.spec + "}");
    REQUIRE_FALSE(entry);
    CHECK(entry.error().find(c.said) != std::string::npos);
  }
  CHECK_FALSE(rule_manifest(wish(), R"({"metadata":{"name":"x"},"spec":{"host":"a","trafficPolicy":[]}})"));
  for (const char* nulls :
       {R"({"hosts":null,"addresses":null,"ports":null,"endpoints":null})",
        R"({"hosts":["a"],"ports":[{"number":null}],"endpoints":[{"address":null,"labels":null,"ports":null}]})"}) {
    CAPTURE(nulls);
    const auto entry = entry_manifest(wish(), std::string(R"({"metadata":{"name":"x"},"spec":)") + nulls + "}");
    if (entry) CHECK(Json::parse(*entry)["spec"]["endpoints"][0]["address"] == "172.25.55.50");
  }
}

}  // namespace
}  // namespace meshdns
