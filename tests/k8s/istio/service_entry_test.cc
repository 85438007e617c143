#include "k8s/istio/service_entry.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace meshdns {
namespace {

using nlohmann::json;

/// The tutorial's object, with `pointer` (RFC 6901) set to `value`.
std::string object_with(const std::string& pointer, const json& value) {
  json object = json::parse(R"({
    "apiVersion": "networking.istio.io/v1alpha3", "kind": "ServiceEntry",
    "metadata": {"name": "a", "namespace": "bar", "creationTimestamp": "2024-02-29T12:00:00Z"},
    "spec": {"hosts": ["a.bar.global"], "addresses": ["240.0.0.2"],
             "ports": [{"name": "http1", "number": 8000, "protocol": "http"}], "resolution": "DNS"}})");
  if (!pointer.empty()) object[json::json_pointer(pointer)] = value;
  return object.dump();
}

TEST_CASE("a whole ServiceEntry") {
  json object = json::parse(object_with("/spec/exportTo", {"*", "."}));
  object["status"] = {{"addresses", {{{"value", "240.240.0.1"}}, {{"value", "2001:2::1"}, {"host", "a.bar.global"}}}}};
  const auto entry = parse_service_entry(object.dump());
  REQUIRE(entry);
  CHECK(entry->object() == "bar/a");
  CHECK(entry->created == 1709208000);
  CHECK(entry->hosts == std::vector<std::string>{"a.bar.global"});
  CHECK(entry->addresses == std::vector<std::string>{"240.0.0.2"});
  CHECK(entry->ports == std::vector<Port>{{"http1", 8000, "http"}});
  CHECK(entry->resolution == "DNS");
  CHECK(entry->export_to == std::vector<std::string>{"*", "."});
  CHECK(entry->status_addresses ==
        std::vector<ServiceEntry::StatusAddress>{{"240.240.0.1", ""}, {"2001:2::1", "a.bar.global"}});
  CHECK(entry->target_ports.empty());
  CHECK(entry->endpoints.empty());
  CHECK(entry->skipped.empty());
}

TEST_CASE("endpoints and their ports") {
  json object = json::parse(object_with("/spec/ports/0/targetPort", 8080));
  object["spec"]["endpoints"] = {{{"address", "10.0.0.1"}, {"ports", {{"http1", 15443}}}, {"weight", 3}},
                                 {{"address", "unix:///a.sock"}},
                                 {{"labels", {{"a", "b"}}}},
                                 {{"address", nullptr}, {"ports", nullptr}}};
  const auto entry = parse_service_entry(object.dump());
  REQUIRE(entry);
  CHECK(entry->target_ports == ServiceEntry::PortMap{{"http1", 8080}});
  CHECK(entry->endpoints == std::vector<ServiceEntry::Endpoint>{
                                {"10.0.0.1", {{"http1", 15443}}}, {"unix:///a.sock", {}}, {"", {}}, {"", {}}});
  CHECK(entry->skipped.empty());
}

TEST_CASE("what makes an object unusable, and what costs a part of it") {
  struct Case {
    std::string pointer;
    json value;
    std::string skipped;  // "reason what" of the one part that is left out; "" for none
    size_t hosts;         // that are left
  };
  const std::vector<Case> cases = {
      {"", nullptr, "", 1},
      {"/spec/unknown", {{"deep", {1, 2}}}, "", 1},
      {"/kind", 7, "", 1},
      {"/metadata/labels", "x", "", 1},
      {"/spec", nullptr, "invalid-object spec", 0},
      {"/spec", json::array({"x"}), "invalid-object spec", 0},
      {"/spec/hosts", nullptr, "invalid-object spec.hosts", 0},
      {"/spec/hosts", json::array(), "invalid-object spec.hosts", 0},
      {"/spec/hosts", "a.bar.global", "invalid-object spec.hosts", 0},
      {"/spec/hosts", std::vector<std::string>(256, "a"), "", 256},
      {"/spec/hosts", std::vector<std::string>(257, "a"), "invalid-object spec.hosts", 0},
      {"/spec/hosts", {"a", 5}, "invalid-host spec.hosts[1]", 1},
      {"/spec/hosts", json::array({nullptr}), "invalid-host spec.hosts[0]", 0},
      {"/spec/addresses", nullptr, "", 1},
      {"/spec/addresses", "240.0.0.2", "invalid-object spec.addresses", 0},
      {"/spec/addresses", std::vector<std::string>(257, "1.2.3.4"), "invalid-object spec.addresses", 0},
      {"/spec/addresses", {1, "240.0.0.2"}, "invalid-address spec.addresses[0]", 1},
      {"/spec/ports", nullptr, "", 1},
      {"/spec/ports", json::array({8000}), "invalid-port spec.ports[0]", 1},
      {"/spec/ports", "http", "invalid-object spec.ports", 0},
      {"/spec/ports", std::vector<json>(257, {{"name", "a"}, {"number", 1}}), "invalid-object spec.ports", 0},
      {"/spec/ports/0/number", 0, "invalid-port spec.ports[0] http1", 1},
      {"/spec/ports/0/number", 65536, "invalid-port spec.ports[0] http1", 1},
      {"/spec/ports/0/number", -1, "invalid-port spec.ports[0] http1", 1},
      {"/spec/ports/0/number", "8000", "invalid-port spec.ports[0] http1", 1},
      {"/spec/ports/0/number", 1e300, "invalid-port spec.ports[0] http1", 1},
      {"/spec/ports/0/number", nullptr, "invalid-port spec.ports[0] http1", 1},
      {"/spec/ports/0/name", nullptr, "invalid-port spec.ports[0]", 1},
      {"/spec/ports/0/name", "", "invalid-port spec.ports[0]", 1},
      {"/spec/ports/0/name", "a\nb", "", 1},
      {"/spec/ports/0/protocol", nullptr, "", 1},
      {"/spec/ports/0/protocol", 6, "invalid-port spec.ports[0] http1", 1},
      {"/spec/ports/0/targetPort", "a", "invalid-port spec.ports[0] http1", 1},
      {"/spec/endpoints", nullptr, "", 1},
      {"/spec/endpoints", "10.0.0.1", "invalid-object spec.endpoints", 0},
      {"/spec/endpoints", std::vector<json>(4097, {{"address", "10.0.0.1"}}), "invalid-object spec.endpoints", 0},
      {"/spec/endpoints", json::array({"10.0.0.1"}), "invalid-address spec.endpoints[0]", 1},
      {"/spec/endpoints", json::array({{{"address", 5}}}), "invalid-address spec.endpoints[0]", 1},
      {"/spec/endpoints", json::array({{{"ports", 5}}}), "invalid-address spec.endpoints[0]", 1},
      {"/spec/endpoints", json::array({{{"ports", {{"a", "b"}}}}}), "invalid-address spec.endpoints[0]", 1},
      {"/spec/resolution", 1, "invalid-object spec.resolution", 0},
      {"/spec/exportTo", "*", "invalid-object spec.exportTo", 0},
      {"/spec/exportTo", json::array({5}), "invalid-object spec.exportTo", 0},  // not the empty list, which is public
      {"/status", "x", "", 1},
      {"/status", {{"addresses", "x"}}, "", 1},
      {"/status", {{"addresses", {1, {{"value", 2}}, {{"host", "a"}}}}}, "", 1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.pointer);
    CAPTURE(c.value.dump().substr(0, 100));
    const auto entry = parse_service_entry(object_with(c.pointer, c.value));
    REQUIRE(entry);
    CHECK(entry->object() == "bar/a");
    CHECK(entry->hosts.size() == c.hosts);
    CHECK(entry->status_addresses.empty());
    REQUIRE(entry->skipped.size() == (c.skipped.empty() ? 0 : 1));
    if (!c.skipped.empty()) {
      CHECK(std::string(text(entry->skipped[0].reason)) + " " + entry->skipped[0].what == c.skipped);
      CHECK_FALSE(entry->skipped[0].detail.empty());
    }
  }
}

TEST_CASE("what has no identity") {
  const std::vector<std::string> cases = {
      "",
      " ",
      "[]",
      "5",
      "{",
      "{}",
      R"({"metadata": {}})",
      R"({"metadata": {"name": ""}})",
      object_with("/metadata", "x"),
      object_with("/metadata/name", nullptr),
      object_with("/metadata/name", 5),
      object_with("/metadata/name", "a/b"),
      object_with("/metadata/name", "a b"),
      object_with("/metadata/name", std::string(254, 'a')),
      object_with("/metadata/namespace", 5),
      object_with("/metadata/namespace", "a/b"),
      object_with("", nullptr) + "x",
      "{\"metadata\": {\"name\": \"\xff\"}}",
      std::string(100'000, '['),
      "{\"spec\": " + std::string(100'000, '[') + std::string(100'000, ']') + ", \"metadata\": {\"name\": \"a\"}}",
  };
  for (const std::string& json : cases) {
    CAPTURE(json.substr(0, 100));
    const auto entry = parse_service_entry(json);
    CHECK_FALSE(entry);
    if (!entry) CHECK_FALSE(entry.error().empty());
  }
}

TEST_CASE("metadata") {
  struct Case {
    std::string pointer;
    json value;
    std::string object;
    int64_t created;
  };
  const std::vector<Case> cases = {
      {"/metadata/namespace", nullptr, "default/a", 1709208000},
      {"/metadata/namespace", "", "default/a", 1709208000},
      {"/metadata/creationTimestamp", nullptr, "bar/a", 0},
      {"/metadata/creationTimestamp", 5, "bar/a", 0},
      {"/metadata/creationTimestamp", "", "bar/a", 0},
      {"/metadata/creationTimestamp", "yesterday", "bar/a", 0},
      {"/metadata/creationTimestamp", "2024-02-29", "bar/a", 0},
      {"/metadata/creationTimestamp", "2024-02-29T12:00:00", "bar/a", 0},
      {"/metadata/creationTimestamp", "2024-02-29T12:00:00Zulu", "bar/a", 0},
      {"/metadata/creationTimestamp", "2024-02-29T12:00:00.", "bar/a", 0},
      {"/metadata/creationTimestamp", "2024-02-29T12:00:00.123456789", "bar/a", 0},
      {"/metadata/creationTimestamp", "2024-02-29T12:00:00.123456789Z", "bar/a", 1709208000},
      {"/metadata/creationTimestamp", "2024-02-29T14:00:00+02:00", "bar/a", 1709208000},
      {"/metadata/creationTimestamp", "1970-01-01T00:00:01Z", "bar/a", 1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value.dump());
    const auto entry = parse_service_entry(object_with(c.pointer, c.value));
    REQUIRE(entry);
    CHECK(entry->object() == c.object);
    CHECK(entry->created == c.created);
  }
}

TEST_CASE("an object as large as etcd holds, and one of the shapes that a parser fears") {
  const auto large = parse_service_entry(object_with("/metadata/annotations", {{"a", std::string(1'400'000, 'x')}}));
  REQUIRE(large);
  CHECK(large->hosts.size() == 1);
  const auto deep = parse_service_entry(R"({"metadata": {"name": "a"}, "spec": {"hosts": ["a"], "x": )" +
                                        std::string(9'000, '[') + std::string(9'000, ']') + "}}");
  REQUIRE(deep);
  CHECK(deep->hosts.size() == 1);
}

TEST_CASE("text for people is bounded and printable") {
  CHECK(shown("a.bar.global") == "a.bar.global");
  CHECK(shown("a\n\x1b[31m\xc3\xa4") == "a??[31m??");
  CHECK(shown(std::string(1000, 'a')) == std::string(253, 'a'));
}

}  // namespace
}  // namespace meshdns
