#include "k8s/mesh/failover_intent.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "k8s/mesh/failover_route.h"
#include "k8s/mesh/failover_rule.h"
#include "objects.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

const ObjectIdentity kIdentity{"VirtualService", "bar", "a-bar", 0, ""};

MeshEntry entry(const std::string& ports) {
  return *parse_mesh_entry(object_json("{hosts: [a.bar.global], ports: " + ports + R"(, endpoints: [
      {address: 10.96.0.7, locality: r1/z1}, {address: 172.25.55.50, ports: {http: 15443}, locality: r2/z1}]})"));
}

FailoverWish wish(std::vector<LocalityShare> distribute = {}, bool repeatable = false,
                  const std::string& per_try_timeout = "", const std::string& connect_timeout = "") {
  return {
      *parse_mesh_host("a.bar.global"), {}, std::move(distribute), {}, repeatable, per_try_timeout, connect_timeout};
}

TEST_CASE("what was wished is what the objects tell") {
  for (const char* ports : {"[{name: http, number: 80, protocol: HTTP}]",
                            "[{name: http, number: 80, protocol: HTTP}, {name: g, number: 90, protocol: GRPC}, {name: "
                            "db, number: 5432, protocol: TCP}]"}) {
    for (const FailoverWish& each : {wish(), wish({}, true, "0.5s", "500ms"), wish({{"r1", 75}, {"r2/z1", 25}}, true),
                                     wish({}, false, "", "1m")}) {
      CAPTURE(ports);
      CAPTURE(each.connect_timeout);
      const MeshEntry of = entry(ports);
      const auto found =
          failover_intent(each.host, of, *failover_rule(each, of), failover_route(each, of, kIdentity, "v1"));
      REQUIRE(found);
      CHECK(found->distribute == each.distribute);
      CHECK((found->repeatable == each.repeatable && found->per_try_timeout == each.per_try_timeout &&
             found->connect_timeout == each.connect_timeout));
    }
  }
}

TEST_CASE("no wish makes what somebody else has edited") {
  const MeshEntry of = entry("[{name: http, number: 80, protocol: HTTP}]");
  const std::string rule = *failover_rule(wish(), of);
  const std::string route = failover_route(wish(), of, kIdentity, "v1");
  struct Row {
    const char* pointer;
    Json value;
  };
  for (const Row& row : {Row{"/spec/trafficPolicy/outlierDetection/interval", "7s"},
                         Row{"/spec/trafficPolicy/loadBalancer/localityLbSetting/enabled", false},
                         Row{"/spec/trafficPolicy/outlierDetection", nullptr}}) {
    CAPTURE(row.pointer);
    Json edited = Json::parse(rule);
    edited[Json::json_pointer(row.pointer)] = row.value;
    CHECK_FALSE(failover_intent(wish().host, of, edited.dump(), route));
  }
  Json edited = Json::parse(route);
  edited["spec"]["http"][0]["retries"]["attempts"] = 9;
  CHECK_FALSE(failover_intent(wish().host, of, rule, edited.dump()));
  CHECK_FALSE(failover_intent(wish().host, of, rule, ""));
  CHECK_FALSE(failover_intent(wish().host, of, "", ""));
  CHECK(failover_intent(wish().host, of, rule, route));
}

TEST_CASE("no wish is told that failover create would not take") {
  const MeshEntry of = entry("[{name: http, number: 80, protocol: HTTP}]");
  const std::string route = failover_route(wish(), of, kIdentity, "v1");
  for (const FailoverWish& each :
       {wish({{"r1/*", 75}, {"r2/z1", 25}}), wish({{"r1; reboot", 75}, {"r2/z1", 25}}), wish({{"r1", 75}, {"r2", 75}}),
        wish({{"r1", 100}, {"r2", 0}}), wish({}, true, "1s; reboot"), wish({}, true, "$(reboot)"),
        wish({}, false, "1s"), wish({}, false, "", "1s; reboot"), wish({}, false, "", "1e3s")}) {
    CAPTURE(failover_route(each, of, kIdentity, "v1"));
    CAPTURE(*failover_rule(each, of));
    CHECK_FALSE(failover_intent(each.host, of, *failover_rule(each, of), failover_route(each, of, kIdentity, "v1")));
  }
}

}  // namespace
}  // namespace meshdns
