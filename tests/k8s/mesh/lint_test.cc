#include "k8s/mesh/lint.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "k8s/mesh/entry_manifest.h"
#include "k8s/mesh/gateway_sni.h"
#include "lint_fixture.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

TEST_CASE("nothing is wrong") {
  check({
      {"nothing", {}, {}},
      {"an entry", {kEntry}, {}},
      {"an entry and a route to it", {kEntry, route("{destination: {host: a.bar.global, port: {number: 8000}}}")}, {}},
      {"a Service and a route to it", {kEntry, kService, route("{destination: {host: s, port: {number: 80}}}")}, {}},
      {"a Service in files alone", {kEntry, route("{destination: {host: s, port: {number: 80}}}")}, {}, false},
      {"a gateway by option A",
       {"ServiceEntry bar/g {hosts: [g.bar.global], location: MESH_INTERNAL, resolution: STATIC, addresses: "
        "[240.0.0.3], ports: [{name: http, "
        "number: 8000}], endpoints: [{address: 192.0.2.1, ports: {http: 15443}}]}",
        "DestinationRule bar/g {host: g.bar.global, trafficPolicy: {tls: {mode: ISTIO_MUTUAL, sni: "
        "outbound_.80_._.g.bar.svc.cluster.local}}}"},
       {}},
      {"other kinds and groups", {"Pod bar/p {}", "HTTPRoute bar/h {}"}, {}},
  });
}

TEST_CASE("what entry create writes") {
  struct Written {
    std::string name;
    std::vector<EntryPort> ports;
    Sni sni;
    std::string gateway;
    std::string expected;
  };
  const EntryPort http{"http", 8000, "HTTP"};
  for (const Written& c :
       std::vector<Written>{{"one port", {http}, Sni::kService, "192.0.2.1", ""},
                            {"two ports", {http, {"tcp", 9000, "TCP"}}, Sni::kService, "192.0.2.1", ""},
                            {"by the host's name", {http, {"tcp", 9000, "TCP"}}, Sni::kGlobal, "192.0.2.1", ""},
                            {"a name",
                             {http},
                             Sni::kService,
                             "a.elb.example",
                             "endpoint-not-answerable bar/s-bar spec.endpoints[0].address"}}) {
    CAPTURE(c.name);
    EntryWish wish;
    wish.host = {"s", "bar", "global"};
    wish.ports = c.ports;
    wish.endpoints = {{c.gateway, kGatewayPort, ""}};
    wish.addresses = {*IpAddress::parse("240.0.0.2")};
    wish.sni = c.sni;
    wish.service = "s.bar.svc.cluster.local";
    LintMesh mesh(true);
    mesh.add({"f:1", "networking.istio.io/v1", "ServiceEntry", *entry_manifest(wish)}, "bar");
    mesh.add({"f:1", "networking.istio.io/v1", "DestinationRule", *rule_manifest(wish)}, "bar");
    mesh.index();
    CHECK(mesh.size() == 2);
    std::vector<LintMesh> meshes;
    meshes.push_back(std::move(mesh));
    CHECK(joined(texts(lint(meshes, lint_options()))) == c.expected);
  }
}

TEST_CASE("messages say what to do") {
  struct Message {
    Texts objects;
    const char* expected;
  };
  const std::string named =
      "ServiceEntry default/servicename04-bar {hosts: [serverservice04.bar.global], location: MESH_INTERNAL, "
      "resolution: STATIC, addresses: "
      "[240.0.0.2], ports: [{name: http1, number: 8000, protocol: http}], endpoints: [{address: 192.0.2.1}]}";
  for (const Message& c : std::vector<Message>{
           {{named,
             "VirtualService bar/r {hosts: ['*'], http: [{route: [{destination: {host: "
             "serviceserver04.bar.global}}]}]}"},
            "no ServiceEntry or Service declares serviceserver04.bar.global; the nearest is "
            "serverservice04.bar.global, of ServiceEntry "
            "default/servicename04-bar (f:1): write that, or declare the host"},
           {{kService,
             "VirtualService bar/r {hosts: ['*'], http: [{route: [{destination: {host: s.bar, port: {number: "
             "80}}}]}]}"},
            "no ServiceEntry or Service declares s.bar; Istio takes a host with a dot as it stands: write "
            "s.bar.svc.cluster.local"},
           {{kService,
             "VirtualService bar/r {hosts: ['*'], http: [{route: [{destination: {host: s.foo.svc.cluster.local}}]}]}"},
            "no ServiceEntry or Service declares s.foo.svc.cluster.local; the nearest is s.bar.svc.cluster.local, of "
            "Service bar/s (f:1): write that, or declare the host"},
           {{kService,
             "VirtualService bar/r {hosts: ['*'], http: [{route: [{destination: {host: "
             "httpbin.bar.svc.cluster.local}}]}]}"},
            "no ServiceEntry or Service declares httpbin.bar.svc.cluster.local: correct the host, or declare it with a "
            "ServiceEntry"},
           {{"VirtualService bar/r {hosts: ['*'], http: [{route: [{destination: {host: x.global}}]}]}"},
            "no ServiceEntry or Service declares x.global: correct the host, or declare it with a ServiceEntry"},
           {{kEntry, route("{destination: {host: a.bar.global, port: {number: 8001}}}")},
            "found port 8001, expected one of a.bar.global's: 8000 (http), of ServiceEntry bar/a (f:1)"}}) {
    std::vector<LintMesh> meshes;
    meshes.push_back(mesh_of(c.objects, true, "f:1"));
    const auto findings = lint(meshes, lint_options());
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].message == c.expected);
  }
}

TEST_CASE("files over a cluster") {
  LintMesh mesh(true);
  mesh.add(object_of("VirtualService bar/r@01 {hosts: [a.bar.global]}", "east"), "");
  mesh.add(object_of(kEntry, "east"), "");
  mesh.add(object_of("VirtualService bar/r {hosts: [b.bar.global]}", "f:1"), "");
  mesh.index();
  REQUIRE(mesh.routes().size() == 1);
  CHECK(mesh.routes()[0].place == "f:1");
  CHECK(mesh.routes()[0].created != 0);
  std::vector<LintMesh> meshes;
  meshes.push_back(std::move(mesh));
  CHECK(texts(lint(meshes, lint_options())) == Texts{"route-host-unknown bar/r spec.hosts[0]"});
}

TEST_CASE("a finding about a file is said once, whatever clusters it is for") {
  std::vector<LintMesh> meshes;
  for (const char* cluster : {"east", "west"}) {
    LintMesh mesh(true);
    mesh.add(object_of(kService, cluster), "");
    mesh.add(object_of("VirtualService bar/r {hosts: [x.global]}", "f:1"), "");
    mesh.index();
    meshes.push_back(std::move(mesh));
  }
  CHECK(texts(lint(meshes, lint_options())) == Texts{"route-host-unknown bar/r spec.hosts[0]"});
}

}  // namespace
}  // namespace meshdns
