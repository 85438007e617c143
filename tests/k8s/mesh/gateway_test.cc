#include "k8s/mesh/gateway.h"

#include <vector>

#include "objects.h"

namespace meshdns {
namespace {

TEST_CASE("what a Gateway has") {
  const auto gateway = parse_gateway(object_json(
      "{selector: {istio: ingressgateway}, servers: [{port: {number: 15443, name: tls, protocol: TLS}, tls: {mode: "
      "AUTO_PASSTHROUGH},"
      "hosts: ['*.local']}, {port: {number: 80}, hosts: [bar/a.global, '*']}, {port: {number: 443}, tls: {}}]}"));
  REQUIRE_MESSAGE(gateway, gateway.error());
  CHECK(gateway->object() == "Gateway bar/a");
  CHECK(gateway->selector == TextMap{{"istio", "ingressgateway"}});
  CHECK(gateway->servers == std::vector<Gateway::Server>{{15443, "TLS", "AUTO_PASSTHROUGH", {"*.local"}},
                                                         {80, "", "", {"bar/a.global", "*"}},
                                                         {443, "", "PASSTHROUGH", {}}});
}

TEST_CASE("which hosts a server serves") {
  struct Case {
    const char* pattern;
    const char* host;
    bool expected;
  };
  for (const Case& c : std::vector<Case>{{"*.local", "a.bar.svc.cluster.local", true},
                                         {"*.local", "local", false},
                                         {"*.local", "a.bar.global", false},
                                         {"*", "a.bar.global", true},
                                         {"*/*.global", "a.bar.global", true},
                                         {"a.bar.global", "a.bar.global", true},
                                         {"a.bar.global", "b.a.bar.global", false}}) {
    CAPTURE(c.pattern);
    CAPTURE(c.host);
    CHECK(Gateway::Server{15443, "", "", {c.pattern}}.serves(c.host) == c.expected);
  }
}

TEST_CASE("what is no Gateway") {
  for (const WrongSpec& c : std::vector<WrongSpec>{
           {"{servers: [{}]}", "spec.servers[0].port.number: expected a number from 1 to 65535"},
           {"{servers: [{port: {number: 1}, hosts: a}]}", "spec.servers[0].hosts: found \"a\", expected a list"},
           {"{selector: []}", "spec.selector: found a list, expected a mapping"}}) {
    CAPTURE(c.spec);
    const auto gateway = parse_gateway(object_json(c.spec));
    REQUIRE_FALSE(gateway);
    CHECK_MESSAGE(gateway.error().starts_with(c.expected), gateway.error());
  }
}

}  // namespace
}  // namespace meshdns
