#include "k8s/mesh/host_objects.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

const MeshHost kHost{"a", "bar", "global"};

std::string json(const std::string& name, const std::string& spec, const std::string& name_space = "bar") {
  return R"({"metadata":{"name":")" + name + R"(","namespace":")" + name_space + R"("},"spec":{)" + spec + "}}";
}

TEST_CASE("the host's ServiceEntry") {
  const auto entry = [](const std::string& text) { return *parse_mesh_entry(text); };
  const MeshEntry ours = entry(json("x", R"("hosts":["A.bar.global."])", "foo"));
  const MeshEntry other = entry(json("y", R"("hosts":["b.bar.global"])"));
  const MeshEntry second = entry(json("z", R"("hosts":["b.bar.global","a.bar.global"],"exportTo":["*"])"));
  const MeshEntry hidden = entry(json("h", R"("hosts":["a.bar.global"],"exportTo":["."])", "foo"));
  CHECK(*entry_of_host({other, ours}, kHost) == 1);
  CHECK(*entry_of_host({other, hidden}, kHost) == std::nullopt);
  CHECK(*entry_of_host({}, kHost) == std::nullopt);
  CHECK(entry_of_host({ours, second}, kHost).error() ==
        "ServiceEntry foo/x and ServiceEntry bar/z are both for a.bar.global, expected one: sidecars follow the oldest "
        "alone");
}

TEST_CASE("what an entry has, and for whom") {
  const auto entry =
      parse_mesh_entry(json("x", R"("hosts":["a","b"],"addresses":["240.0.0.2/32","10.0.0.0/8","fd00::1","x"])"));
  CHECK(shared_entry(*entry)->message == "ServiceEntry bar/x is for 2 hosts, expected one alone: split it");
  CHECK(entry_vips(*entry) == std::vector{*IpAddress::parse("240.0.0.2"), *IpAddress::parse("fd00::1")});
  CHECK_FALSE(shared_entry(*parse_mesh_entry(json("x", R"("hosts":["a"])"))));
}

TEST_CASE("the host's DestinationRule") {
  const auto rule = [](const std::string& text) { return *parse_destination_rule(text); };
  const DestinationRule ours = rule(json("x", R"("host":"a.bar.global")"));
  const DestinationRule root = rule(json("r", R"("host":"A.bar.global")", "istio-system"));
  const DestinationRule clients = rule(json("c", R"("host":"a.bar.global")", "foo"));
  const DestinationRule some = rule(json("s", R"("host":"a.bar.global","workloadSelector":{"matchLabels":{"a":"b"}})"));
  const DestinationRule wide = rule(json("w", R"("host":"*.bar.global")"));
  CHECK(*rule_of_host({wide, some, ours}, kHost, "bar") == 2);
  CHECK(*rule_of_host({root, clients, ours}, kHost, "bar") == 2);
  CHECK(*rule_of_host({root, clients, ours}, kHost, "foo") == 1);
  CHECK(*rule_of_host({clients, root}, kHost, "bar") == 1);
  CHECK(*rule_of_host({wide, some, clients}, kHost, "bar") == std::nullopt);
  CHECK_FALSE(rule_of_host({ours, ours}, kHost, "bar"));
  CHECK(rules_of_clients({wide, some, root, clients, ours}, kHost, "bar") ==
        std::vector<std::string>{"DestinationRule bar/s", "DestinationRule foo/c"});
}

TEST_CASE("where a VirtualService sends requests") {
  struct Case {
    const char* spec;
    const char* expected;
  };
  for (const Case& c : std::vector<Case>{
           {R"("hosts":["a.bar.global"])", ""},
           {R"("hosts":["s"],"http":[{"route":[{"destination":{"host":"b.bar.global"}}]},
               {"route":[{"destination":{"host":"b.bar.global"}},{"destination":{"host":"A.bar.global"},"weight":0}]}])",
            "spec.http[1].route[1]"},
           {R"("hosts":["s"],"http":[{"route":[{"destination":{"host":"b"}}],"mirror":{"host":"a.bar.global"}}])",
            "spec.http[0].mirror"},
           {R"("hosts":["s"],"tcp":[{"route":[{"destination":{"host":"a.bar.global"}}]}])", "spec.tcp[0].route[0]"},
           {R"("hosts":["s"],"tls":[{"route":[{"destination":{"host":"a.bar.global"}}]}])", "spec.tls[0].route[0]"}}) {
    CAPTURE(c.spec);
    const auto service = parse_virtual_service(json("v", c.spec));
    REQUIRE_MESSAGE(service, service.error());
    CHECK(sends_to(*service, kHost) == c.expected);
  }
}

}  // namespace
}  // namespace meshdns
