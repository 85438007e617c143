#include "k8s/mesh/mesh_entry.h"

#include <vector>

#include "objects.h"

namespace meshdns {
namespace {

MeshEntry parsed(const std::string& spec) {
  auto entry = parse_mesh_entry(object_json(spec));
  REQUIRE_MESSAGE(entry, entry.error());
  return *std::move(entry);
}

TEST_CASE("the tutorial's entry") {
  const MeshEntry entry = parsed(
      "{hosts: [serverservice04.bar.global], location: MESH_INTERNAL, ports: [{name: http1, number: 8000, protocol: "
      "http}],"
      "resolution: DNS, addresses: [240.0.0.2], endpoints: [{address: 172.25.55.50, ports: {http1: 15443}}]}");
  CHECK(entry.object() == "ServiceEntry bar/a");
  CHECK(entry.hosts == std::vector<std::string>{"serverservice04.bar.global"});
  CHECK(entry.addresses == std::vector<std::string>{"240.0.0.2"});
  CHECK(entry.location == "MESH_INTERNAL");
  CHECK(entry.resolution == "DNS");
  CHECK(entry.ports == std::vector<MeshEntry::Port>{{"http1", 8000, "http", {}}});
  REQUIRE(entry.endpoints.size() == 1);
  CHECK(entry.endpoints[0].pointer == "/spec/endpoints/0");
  CHECK(entry.endpoints[0].address == "172.25.55.50");
  CHECK(entry.endpoints[0].number_of(*entry.port("http1")) == 15443);
  CHECK(entry.port(8000) == entry.port("http1"));
  CHECK(entry.port(8001) == nullptr);
}

TEST_CASE("what else a ServiceEntry has") {
  const MeshEntry entry = parsed(
      "{hosts: [a], exportTo: [.], subjectAltNames: [spiffe://a], workloadSelector: {labels: {app: a}},"
      "ports: [{name: p, number: 80, targetPort: 8080}, {name: q, number: 81, targetPort: 0}],"
      "endpoints: [{address: a.example, locality: r/z, network: n, weight: 4294967295, labels: "
      "{security.istio.io/tlsMode: istio}}]}");
  CHECK(entry.location == "MESH_EXTERNAL");
  CHECK(entry.resolution == "NONE");
  CHECK(entry.export_to == std::vector<std::string>{"."});
  CHECK(entry.subject_alt_names == std::vector<std::string>{"spiffe://a"});
  CHECK(entry.workload_selector == TextMap{{"app", "a"}});
  const MeshEntry::Endpoint& endpoint = entry.endpoints.at(0);
  CHECK(endpoint.number_of(*entry.port("p")) == 8080);
  CHECK(endpoint.number_of(*entry.port("q")) == 81);
  CHECK(endpoint.locality == "r/z");
  CHECK(endpoint.network == "n");
  CHECK(endpoint.weight == 4294967295);
  CHECK(endpoint.labels == TextMap{{"security.istio.io/tlsMode", "istio"}});
}

TEST_CASE("what istiod allocated") {
  struct Case {
    const char* status;
    std::vector<MeshEntry::Allocated> expected;
  };
  for (const Case& c :
       std::vector<Case>{{R"({"addresses": [{"value": "240.240.0.1", "host": "a"}, {"value": "2001:2::1"}]})",
                          {{"240.240.0.1", "a"}, {"2001:2::1", ""}}},
                         {R"({"addresses": [{"value": "240.240.0.1"}, {"value": 1}]})", {{"240.240.0.1", ""}}},
                         {R"({"addresses": "240.240.0.1"})", {}},
                         {"[]", {}}}) {
    CAPTURE(c.status);
    const auto entry = parse_mesh_entry(R"({"metadata": {"name": "a"}, "status": )" + std::string(c.status) + "}");
    REQUIRE(entry);
    CHECK(entry->allocated == c.expected);
  }
}

TEST_CASE("what is no ServiceEntry") {
  for (const WrongSpec& c : std::vector<WrongSpec>{
           {"{hosts: a}", "spec.hosts: found \"a\", expected a list"},
           {"{addresses: [1]}", "spec.addresses[0]: found 1, expected a text"},
           {"{ports: [{number: 80}]}", "spec.ports[0].name: expected a name"},
           {"{ports: [{name: p}]}", "spec.ports[0].number: expected a number from 1 to 65535"},
           {"{ports: [{name: p, number: 0}]}", "spec.ports[0].number: found 0, expected a number from 1 to 65535"},
           {"{endpoints: [{ports: {p: x}}]}", "spec.endpoints[0].ports.p: found \"x\", expected a number"},
           {"{endpoints: [{weight: -1}]}",
            "spec.endpoints[0].weight: found -1, expected a number from 0 to 4294967295"},
           {"{resolution: {}}", "spec.resolution: found a mapping, expected a text"}}) {
    CAPTURE(c.spec);
    const auto entry = parse_mesh_entry(object_json(c.spec));
    REQUIRE_FALSE(entry);
    CHECK_MESSAGE(entry.error().starts_with(c.expected), entry.error());
  }
}

}  // namespace
}  // namespace meshdns
