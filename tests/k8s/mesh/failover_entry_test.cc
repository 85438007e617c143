#include "k8s/mesh/failover_entry.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "objects.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

constexpr const char* kEndpoints =
    R"({hosts: [a.bar.global], ports: [{name: http, number: 80, protocol: HTTP}], resolution: STATIC, endpoints: [
    {address: 10.96.0.7, locality: r1/z1}, {address: 172.25.55.50, ports: {http: 15443}, weight: 3}]})";

MeshEntry entry(const std::string& endpoints) {
  const auto parsed = parse_mesh_entry(
      object_json("{hosts: [a.bar.global], ports: [{name: http, number: 80}], endpoints: [" + endpoints + "]}"));
  REQUIRE_MESSAGE(parsed, parsed.error());
  return *parsed;
}

TEST_CASE("localities go to the endpoints that have the address, and all else stays") {
  const auto now = Json::parse(object_json(kEndpoints));
  Json then = now;
  then["spec"]["endpoints"][1]["locality"] = "r2";
  CHECK(Json::parse(*failover_entry({{"172.25.55.50", "r2"}, {"10.0.0.1", "r3"}}, now.dump())) == then);
  CHECK(*failover_entry({{"10.96.0.7", "r1/z1"}}, object_json(kEndpoints)) ==
        nlohmann::ordered_json::parse(object_json(kEndpoints)).dump());
  then["spec"]["endpoints"][0]["locality"] = "r3";
  CHECK(Json::parse(*failover_entry({{"172.25.55.50", "r2"}, {"10.96.0.7", "r3"}}, now.dump())) == then);
  CHECK(unlocated(*parse_mesh_entry(now.dump())) == std::vector<std::string>{"172.25.55.50"});
}

TEST_CASE("an address that no endpoint has") {
  const auto one = entry("{address: 10.96.0.7}");
  const auto other = entry("{address: A.example.org.}");
  CHECK_FALSE(check_addresses({{"10.96.0.7", "r1"}, {"a.example.org", "r2"}}, {one, other}));
  const auto error = check_addresses({{"10.96.0.8", "r1"}}, {one, other});
  REQUIRE(error);
  CHECK(error->message ==
        "--locality: no endpoint has the address 10.96.0.8; the nearest is 10.96.0.7; there are 10.96.0.7, "
        "a.example.org");
}

TEST_CASE("whether there is somewhere to fail over to") {
  const std::vector<LocalityShare> both{{"r1", 75}, {"r2", 25}};
  struct Row {
    std::string endpoints;
    std::vector<LocalityShare> distribute;
    const char* error;  // its part; empty: none
  };
  for (const Row& row : {
           Row{"{address: 10.0.0.1, locality: r1}, {address: 10.0.0.2, locality: r2}", {}, ""},
           Row{"{address: 10.0.0.1, locality: r1/z1}, {address: 10.0.0.2, locality: r1/z2}", {}, ""},
           Row{"{address: 10.0.0.1, locality: r1/z1}, {address: 10.0.0.2, locality: r2/z1/s}", both, ""},
           Row{"", {}, "has no endpoint"},
           Row{"{address: 10.0.0.1, locality: r1}",
               {},
               "has one endpoint, expected one for each cluster: there is nothing to fail over to; make it"},
           Row{"{address: 10.0.0.1, locality: r1}, {address: 10.0.0.2, locality: r1}",
               {},
               "all endpoints of a.bar.global are in r1"},
           Row{"{address: 10.0.0.1, locality: r1}, {address: 10.0.0.2}",
               {},
               "does not say where 10.0.0.2 is; add --locality 10.0.0.2=REGION/ZONE"},
           Row{"{address: 10.0.0.1}, {address: 10.0.0.2}",
               {},
               "where 10.0.0.1, 10.0.0.2 are; add --locality 10.0.0.1=REGION/ZONE --locality"},
           Row{"{address: 10.0.0.1, locality: 'r1/*'}, {address: 10.0.0.2, locality: r2}",
               {},
               "locality: found \"r1/*\""},
           Row{"{address: 10.0.0.1, locality: r1}, {address: 10.0.0.2, locality: r3}", both,
               "no endpoint of a.bar.global is in r2; the nearest is r1; there are r1, r3"},
           Row{"{address: 10.0.0.1, locality: r1}, {address: 10.0.0.2, locality: r2}, {address: 10.0.0.3, locality: "
               "r3}",
               both, "--distribute leaves out r3"},
           Row{"{address: 10.0.0.1, locality: r1}, {address: 10.0.0.2, locality: r2}",
               {{"r1/z1", 75}, {"r2", 25}},
               "is in r1/z1"},
       }) {
    CAPTURE(row.endpoints);
    FailoverWish wish{*parse_mesh_host("a.bar.global"), {}, row.distribute, {}, false, "", ""};
    const auto error = check_failover(wish, entry(row.endpoints), "make it");
    const std::string text = error ? error->message : "";
    CAPTURE(text);
    CHECK(text.empty() == std::string(row.error).empty());
    CHECK(text.find(row.error) != std::string::npos);
  }
}

TEST_CASE("an entry without ports") {
  const auto none = parse_mesh_entry(object_json(
      "{hosts: [a.bar.global], endpoints: [{address: 10.0.0.1, locality: r1}, {address: 10.0.0.2, locality: r2}]}"));
  const auto error = check_failover({*parse_mesh_host("a.bar.global"), {}, {}, {}, false, "", ""}, *none, "make it");
  REQUIRE(error);
  CHECK(error->message ==
        "ServiceEntry bar/a: spec.ports: found none, expected the ports that clients ask for; make it");
}

TEST_CASE("localities where no node is") {
  const auto two = entry("{address: 10.0.0.1, locality: r1/z1}, {address: 10.0.0.2, locality: region2}");
  CHECK_FALSE(check_nodes(two, {"r1/z1/s1", "region2/z1"}));
  const auto error = check_nodes(two, {"r1/z1", "regoin2"});
  REQUIRE(error);
  CHECK(error->message.find(
            "no node is in region2, where 10.0.0.2 is said to be; the nearest is regoin2; there are r1/z1, regoin2") !=
        std::string::npos);
}

}  // namespace
}  // namespace meshdns
