#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lint_fixture.h"

namespace meshdns {
namespace {

TEST_CASE("a gateway's port") {
  const auto of = [](const std::string& more, const std::string& endpoint) {
    return "ServiceEntry bar/g {hosts: [g.bar.global], location: " + more +
           ", resolution: STATIC, addresses: [240.0.0.3], ports: [{name: http, number: "
           "8000}, {name: tcp, number: 9000}], endpoints: [{address: 192.0.2.1, ports: {http: 15443}" +
           endpoint + "}]}";
  };
  const std::string internal = of("MESH_INTERNAL", "");
  const std::string both = of("MESH_INTERNAL", "}, {address: 192.0.2.2, ports: {http: 15443, tcp: 15443}");
  const auto rule = [](const std::string& policy) {
    return "DestinationRule bar/g {host: g.bar.global, trafficPolicy: {" + policy + "}}";
  };
  const std::string mutual = "tls: {mode: ISTIO_MUTUAL, sni: outbound_.8000_._.g.bar.svc.cluster.local}";
  const std::string label = ", labels: {security.istio.io/tlsMode: istio}";
  const Texts missing = {"mtls-missing bar/g spec.endpoints[0]"};
  check({
      {"no rule", {internal}, missing},
      {"a label", {of("MESH_INTERNAL", label)}, {}},
      {"a service account", {of("MESH_INTERNAL", ", serviceAccount: a")}, {}},
      {"a label, off",
       {of("MESH_INTERNAL", ", serviceAccount: a, labels: {security.istio.io/tlsMode: disabled}")},
       missing},
      {"a label outside the mesh", {of("MESH_EXTERNAL", label)}, missing},
      {"a rule", {internal, rule(mutual)}, {}},
      {"a rule without sni", {internal, rule("tls: {mode: ISTIO_MUTUAL}")}, {}},
      {"a rule for all",
       {internal, "DestinationRule istio-system/all {host: '*.global', trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}"},
       {}},
      {"another mode", {internal, rule("tls: {mode: SIMPLE}")}, missing},
      {"a rule that takes it off again", {of("MESH_INTERNAL", label), rule("tls: {mode: DISABLE}")}, missing},
      {"a port of its own that inherits nothing",
       {internal, rule(mutual + ", portLevelSettings: [{port: {number: 8000}, outlierDetection: {}}]")},
       missing},
      {"a port of its own", {internal, rule("portLevelSettings: [{port: {number: 8000}, " + mutual + "}]")}, {}},
      {"another port's", {internal, rule("portLevelSettings: [{port: {number: 9000}, " + mutual + "}]")}, missing},
      {"no SNI of a gateway",
       {internal, rule("tls: {mode: ISTIO_MUTUAL, sni: g.bar.global}")},
       {"sni-wrong bar/g spec.trafficPolicy"}},
      {"one SNI for two ports", {both, rule(mutual)}, {"sni-wrong bar/g spec.trafficPolicy"}},
      {"an SNI each",
       {both, rule(mutual + ", portLevelSettings: [{port: {number: 9000}, tls: {mode: ISTIO_MUTUAL, sni: "
                            "outbound_.9000_._.g.bar.svc.cluster.local}}]")},
       {}},
  });
}

TEST_CASE("the other cluster's gateway") {
  const std::string client =
      "ServiceEntry bar/g {hosts: [g.bar.global], location: MESH_INTERNAL, resolution: STATIC, addresses: [240.0.0.3], "
      "ports: [{name: "
      "http, number: 8000}], endpoints: [{address: 192.0.2.1, ports: {http: 15443}}]}";
  const std::string rule =
      "DestinationRule bar/g {host: g.bar.global, trafficPolicy: {tls: {mode: ISTIO_MUTUAL, sni: "
      "outbound_.8000_._.g.bar.svc.cluster.local}}}";
  const std::string global = "DestinationRule bar/g {host: g.bar.global, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}";
  const std::string service =
      "Service istio-system/gw {externalIPs: [192.0.2.1], selector: {istio: eastwest}, ports: [{port: 15443}]}";
  const std::string gateway =
      "Gateway istio-system/gw {selector: {istio: eastwest}, servers: [{port: {number: 15443}, tls: {mode: "
      "AUTO_PASSTHROUGH}, hosts: ['*.local']}]}";
  const std::string served = "Service bar/g {ports: [{port: 8000}]}";
  const Texts closed = {"gateway-closed bar/g spec.endpoints[0]"};
  struct Serving {
    const char* name;
    Texts client;
    Texts serving;
    Texts expected;
  };
  for (const Serving& c : std::vector<Serving>{
           {"open", {client, rule}, {service, gateway, served}, {}},
           {"another cluster's, which lint does not know", {client, rule}, {gateway, served}, {}},
           {"no such port",
            {client, rule},
            {"Service istio-system/gw {externalIPs: [192.0.2.1], ports: [{port: 443}]}", gateway, served},
            closed},
           {"no Gateway", {client, rule}, {service, served}, closed},
           {"a Gateway of other pods",
            {client, rule},
            {service, served,
             "Gateway istio-system/gw {selector: {istio: other}, servers: [{port: {number: 15443}, tls: {mode: "
             "AUTO_PASSTHROUGH}, hosts: ['*.local']}]}"},
            closed},
           {"a Gateway that ends TLS",
            {client, rule},
            {service, served,
             "Gateway istio-system/gw {selector: {istio: eastwest}, servers: [{port: {number: 15443}, tls: {mode: "
             "SIMPLE}, hosts: ['*.local']}]}"},
            closed},
           {"other hosts", {client, global}, {service, gateway, served}, closed},
           {"no such service", {client, rule}, {service, gateway}, closed}}) {
    CAPTURE(c.name);
    std::vector<LintMesh> meshes;
    meshes.push_back(mesh_of(c.client, true, "west"));
    meshes.push_back(mesh_of(c.serving, true, "east"));
    CHECK(texts(lint(meshes, lint_options())) == c.expected);
  }
}

TEST_CASE("gateways that were tried") {
  std::vector<LintMesh> meshes;
  meshes.push_back(mesh_of({"ServiceEntry bar/g {hosts: [g.example], location: MESH_INTERNAL, resolution: STATIC, "
                            "ports: [{name: http, number: 8000}, {name: "
                            "tcp, number: 9000}], endpoints: [{address: 192.0.2.1, serviceAccount: a, ports: {http: "
                            "15443, tcp: 15443}}, {address: 192.0.2.2}]}"},
                           true, "west"));
  CHECK(gateway_addresses(meshes) == std::vector<GatewayAddress>{{"192.0.2.1", 15443}});
  LintOptions tried = lint_options();
  tried.unreachable[{"192.0.2.1", 15443}] = "Connection refused";
  const auto findings = lint(meshes, tried);
  REQUIRE(texts(findings) == Texts{"gateway-unreachable bar/g spec.endpoints[0]"});
  CHECK(findings[0].message == "192.0.2.1 port 15443 cannot be reached from here: Connection refused");
}

}  // namespace
}  // namespace meshdns
