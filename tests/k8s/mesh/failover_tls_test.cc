#include "k8s/mesh/failover_tls.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "objects.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

constexpr const char* kOnePort = "[{name: http, number: 80, protocol: HTTP}]";
constexpr const char* kTwoPorts = "[{name: http, number: 80, protocol: HTTP}, {name: db, number: 5432, protocol: TCP}]";

constexpr const char* kDirect = "{address: 10.0.0.1}, {address: 10.0.0.2}";
constexpr const char* kMixed = "{address: 10.0.0.1}, {address: 192.0.2.2, ports: {http: 15443}}";
constexpr const char* kMixedForBoth = "{address: 10.0.0.1}, {address: 192.0.2.2, ports: {http: 15443, db: 15443}}";
constexpr const char* kGateways =
    "{address: 192.0.2.1, ports: {http: 15443}}, {address: 192.0.2.2, ports: {http: 15443}}";
constexpr const char* kLabelled =
    "{address: 10.0.0.1}, {address: 192.0.2.2, ports: {http: 15443}, labels: {security.istio.io/tlsMode: istio}}";
constexpr const char* kAllLabelled =
    "{address: 10.0.0.1, labels: {security.istio.io/tlsMode: istio}}, {address: 192.0.2.2, ports: {http: 15443}, "
    "labels: {security.istio.io/tlsMode: istio}}";
constexpr const char* kWithAccount =
    "{address: 10.0.0.1}, {address: 192.0.2.2, ports: {http: 15443}, serviceAccount: a}";
constexpr const char* kNodePort = "{address: 10.0.0.1}, {address: 192.0.2.2, ports: {http: 31443, db: 31443}}";
constexpr const char* kOwnPorts = "{address: 10.0.0.1}, {address: 10.0.0.2, ports: {http: 8080, db: 15432}}";

constexpr const char* kOwnPort = "{address: 10.0.0.1, ports: {http: 8080}}, {address: 192.0.2.2, ports: {http: 15443}}";

constexpr const char* kService = "{tls: {mode: ISTIO_MUTUAL, sni: outbound_.80_._.a.bar.svc.cluster.local}}";
constexpr const char* kOther = "{tls: {mode: ISTIO_MUTUAL, sni: outbound_.80_._.other.foo.svc.cluster.local}}";
constexpr const char* kItself = "{tls: {mode: ISTIO_MUTUAL, sni: outbound_.80_._.a.bar.global}}";
constexpr const char* kMutual = "{tls: {mode: ISTIO_MUTUAL}}";
constexpr const char* kHttpAlone =
    "{portLevelSettings: [{port: {number: 80}, tls: {mode: ISTIO_MUTUAL, sni: "
    "outbound_.80_._.a.bar.svc.cluster.local}}]}";
constexpr const char* kTopAndDb =
    "{tls: {mode: ISTIO_MUTUAL, sni: outbound_.80_._.a.bar.svc.cluster.local}, portLevelSettings: [{port: {number: "
    "5432}, tls: {mode: ISTIO_MUTUAL, sni: outbound_.5432_._.a.bar.svc.cluster.local}}]}";
constexpr const char* kPlainDb = "{portLevelSettings: [{port: {number: 5432}, tls: {mode: DISABLE}}]}";

MeshEntry entry(const std::string& ports, const std::string& endpoints, const std::string& location = kMeshInternal) {
  const auto parsed = parse_mesh_entry(object_json("{hosts: [a.bar.global], location: " + location +
                                                   ", ports: " + ports + ", endpoints: [" + endpoints + "]}"));
  REQUIRE_MESSAGE(parsed, parsed.error());
  return *parsed;
}

FailoverWish wish(std::optional<Sni> sni) { return {*parse_mesh_host("a.bar.global"), sni, {}, {}, false, "", ""}; }

/// A rule with that trafficPolicy, in YAML; empty: none.
std::string rule(const std::string& policy) {
  return policy.empty() ? "" : object_json("{host: a.bar.global, trafficPolicy: " + policy + "}");
}

Json policy_of(const std::string& json) { return json.empty() ? Json() : Json::parse(json)["spec"]["trafficPolicy"]; }

TEST_CASE("mTLS to gateways") {
  struct Row {
    const char* name;
    MeshEntry entry;
    std::optional<Sni> sni;
    std::string before;
    std::string after;
  };
  const std::string both = std::string(kHttpAlone).substr(0, std::string(kHttpAlone).size() - 2) +
                           ", {port: {number: 5432}, tls: {mode: ISTIO_MUTUAL, sni: "
                           "outbound_.5432_._.a.bar.svc.cluster.local}}]}";
  const std::string db_and_http =
      "{portLevelSettings: [{port: {number: 5432}, tls: {mode: DISABLE}}, {port: {number: 80}, tls: {mode: "
      "ISTIO_MUTUAL, sni: outbound_.80_._.a.bar.svc.cluster.local}}]}";
  for (const Row& row : {
           Row{"no rule", entry(kOnePort, kMixed), {}, "", kService},
           Row{"another Service", entry(kOnePort, kMixed), {}, kOther, kOther},
           Row{"another Service, and Istio's form", entry(kOnePort, kMixed), Sni::kService, kOther, kOther},
           Row{"the host itself, stays", entry(kOnePort, kMixed), {}, kItself, kItself},
           Row{"the host itself, is no Service", entry(kOnePort, kMixed), Sni::kService, kItself, kService},
           Row{"what is no host", entry(kOnePort, kMixed), Sni::kService,
               R"({tls: {mode: ISTIO_MUTUAL, sni: "outbound_.80_._.x\n y: 1"}})", kService},
           Row{"nothing", entry(kOnePort, kMixed), Sni::kService, "{tls: {mode: ISTIO_MUTUAL, sni: outbound_.80_._.}}",
               kService},
           Row{"the host itself, on demand", entry(kOnePort, kGateways), Sni::kGlobal, kOther, kMutual},
           Row{"plain text, on demand", entry(kOnePort, kMixed), Sni::kService, "{tls: {mode: DISABLE}}", kService},
           Row{"servers alone", entry(kOnePort, kDirect), {}, "", ""},
           Row{"servers alone, in plain text",
               entry(kOnePort, kDirect),
               {},
               "{tls: {mode: DISABLE}}",
               "{tls: {mode: DISABLE}}"},
           Row{"a label", entry(kOnePort, kLabelled), {}, "", ""},
           Row{"a service account", entry(kOnePort, kWithAccount), {}, "", ""},
           Row{"a label outside the mesh", entry(kOnePort, kLabelled, "MESH_EXTERNAL"), {}, "", kService},
           Row{"a label, and an SNI on demand", entry(kOnePort, kLabelled), Sni::kService, "", kService},
           Row{"one port's gateway", entry(kTwoPorts, kMixed), {}, "", kHttpAlone},
           Row{"one port's gateway, and an SNI on demand", entry(kTwoPorts, kMixed), Sni::kService, "", kHttpAlone},
           Row{"one port's gateway, the other in plain text", entry(kTwoPorts, kMixed), {}, kPlainDb, db_and_http},
           Row{"one port's gateway, all by themselves", entry(kTwoPorts, kMixed), {}, kMutual, kMutual},
           Row{"two ports' gateway", entry(kTwoPorts, kMixedForBoth), {}, "", both},
           Row{"two ports' gateway, one is as it should be", entry(kTwoPorts, kMixedForBoth), {}, kHttpAlone, both},
           Row{"two ports' gateway, by the host itself", entry(kTwoPorts, kMixedForBoth), Sni::kGlobal, "", kMutual},
           Row{"an SNI for two ports", entry(kTwoPorts, kMixedForBoth), {}, kService, kTopAndDb},
           Row{"another host of the mesh, is no Service", entry(kOnePort, kMixed), Sni::kService,
               "{tls: {mode: ISTIO_MUTUAL, sni: outbound_.80_._.c.bar.global}}", kService},
           Row{"a node port", entry(kTwoPorts, kNodePort), {}, "", ""},
           Row{"a node port, on demand", entry(kTwoPorts, kNodePort), Sni::kService, "", both},
       }) {
    CAPTURE(row.name);
    const auto found = with_gateway_tls(wish(row.sni), row.entry, rule(row.before));
    REQUIRE_MESSAGE(found, found.error());
    CHECK(policy_of(*found) == policy_of(rule(row.after)));
    CHECK(*with_gateway_tls(wish(row.sni), row.entry, *found) == *found);
  }
}

TEST_CASE("mTLS that cannot be") {
  struct Row {
    const char* name;
    MeshEntry entry;
    std::optional<Sni> sni;
    std::string before;
    const char* error;
  };
  for (const Row& row : {
           Row{"servers alone", entry(kOnePort, kDirect), Sni::kGlobal, "",
               "ServiceEntry bar/a has no endpoint that is a gateway, expected one with port 15443"},
           Row{"servers with ports of their own", entry(kTwoPorts, kOwnPorts), Sni::kService, "",
               "has no endpoint that"},
           Row{"plain text beside a server's own port",
               entry(kOnePort, kOwnPort),
               {},
               "{tls: {mode: SIMPLE}}",
               "found SIMPLE for port 80, expected ISTIO_MUTUAL"},
           Row{"a port's name that is none",
               entry(kOnePort, "{address: 10.0.0.1}, {address: 192.0.2.2, ports: {htpp: 15443}}"), Sni::kService, "",
               "has no endpoint that"},
           Row{"plain text",
               entry(kOnePort, kMixed),
               {},
               "{tls: {mode: DISABLE}}",
               "found DISABLE for port 80, expected ISTIO_MUTUAL"},
           Row{"plain text for its port",
               entry(kTwoPorts, kMixedForBoth),
               {},
               kPlainDb,
               "found DISABLE for port 5432, expected ISTIO_MUTUAL"},
           Row{"what is no rule", entry(kOnePort, kMixed), {}, "7", "spec.trafficPolicy: found 7"},
       }) {
    CAPTURE(row.name);
    const auto found = with_gateway_tls(wish(row.sni), row.entry, rule(row.before));
    REQUIRE_FALSE(found);
    CAPTURE(found.error());
    CHECK(found.error().find(row.error) != std::string::npos);
  }
}

TEST_CASE("what mTLS asks of others") {
  constexpr const char* kSidecars = "10.0.0.1, too: the servers there need sidecars";
  constexpr const char* kRound = "gateways are asked for a.bar.global itself, and 10.0.0.1 is behind none";
  struct Row {
    const char* name;
    MeshEntry entry;
    std::optional<Sni> sni;
    std::string before;
    std::vector<const char*> notes;
  };
  for (const Row& row : {
           Row{"a rule that is there", entry(kOnePort, kMixed), {}, kService, {}},
           Row{"a new rule", entry(kOnePort, kMixed), {}, "", {kSidecars}},
           Row{"servers with a port of their own", entry(kOnePort, kOwnPort), Sni::kService, "", {kSidecars}},
           Row{"servers with a port of their own, and the host itself",
               entry(kOnePort, kOwnPort),
               Sni::kGlobal,
               "",
               {kSidecars, kRound}},
           Row{"servers that have sidecars", entry(kOnePort, kAllLabelled), Sni::kService, "", {}},
           Row{"gateways alone", entry(kOnePort, kGateways), {}, "", {}},
           Row{"gateways alone, by the host itself", entry(kOnePort, kGateways), Sni::kGlobal, "", {}},
           Row{"another port's gateway", entry(kTwoPorts, kMixed), {}, "", {kSidecars}},
           Row{"the host itself", entry(kOnePort, kMixed), {}, kItself, {kRound}},
           Row{"the host itself, in Istio's way", entry(kOnePort, kMixed), {}, kMutual, {kRound}},
           Row{"the host itself, by a label", entry(kOnePort, kLabelled), {}, "", {kRound}},
           Row{"the host itself, on demand", entry(kOnePort, kMixed), Sni::kGlobal, kService, {kRound}},
           Row{"the host itself no more", entry(kOnePort, kMixed), Sni::kService, kItself, {}},
       }) {
    CAPTURE(row.name);
    const auto after = with_gateway_tls(wish(row.sni), row.entry, rule(row.before));
    REQUIRE_MESSAGE(after, after.error());
    const auto notes = gateway_tls_notes(wish(row.sni), row.entry, rule(row.before), *after);
    CAPTURE(joined(notes));
    REQUIRE(notes.size() == row.notes.size());
    for (size_t i = 0; i < notes.size(); ++i) CHECK(notes[i].find(row.notes[i]) != std::string::npos);
  }
}

}  // namespace
}  // namespace meshdns
