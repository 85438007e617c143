#include "k8s/mesh/failover_route.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "objects.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

const ObjectIdentity kIdentity{"VirtualService", "bar", "a-bar", 0, ""};

MeshEntry entry(const std::string& ports) {
  const auto parsed = parse_mesh_entry(object_json("{hosts: [a.bar.global], ports: " + ports + "}"));
  REQUIRE_MESSAGE(parsed, parsed.error());
  return *parsed;
}

FailoverWish wish(bool repeatable = false, const std::string& per_try_timeout = "",
                  std::vector<LocalityShare> distribute = {}) {
  return {*parse_mesh_host("a.bar.global"), {}, std::move(distribute), {}, repeatable, per_try_timeout, ""};
}

VirtualService service(const std::string& json) {
  const auto parsed = parse_virtual_service(json);
  REQUIRE_MESSAGE(parsed, parsed.error());
  return *parsed;
}

Json parsed(const std::string& yaml) { return Json::parse(object_json(yaml))["spec"]; }

/// `http` of a new route.
Json http(const FailoverWish& wish, const std::string& ports) {
  return Json::parse(failover_route(wish, entry(ports), kIdentity, "networking.istio.io/v1"))["spec"]["http"];
}

/// The spec of a VirtualService that had the one in YAML.
Json retried(const FailoverWish& wish, const std::string& spec,
             const std::string& ports = "[{name: http, number: 80, protocol: HTTP}]") {
  const std::string json = object_json(spec);
  return Json::parse(with_retries(wish, entry(ports), json, service(json)))["spec"];
}

TEST_CASE("how often a request is tried again, by the shares") {
  struct Row {
    std::vector<LocalityShare> distribute;
    int attempts;
  };
  for (const Row& row : {
           Row{{}, 2},
           Row{{{"r1", 100}}, 2},
           Row{{{"r1", 50}, {"r2", 50}}, 2},
           Row{{{"r1", 17}, {"r2", 83}}, 2},
           Row{{{"r1", 16}, {"r2", 84}}, 10},
           Row{{{"r1", 1}, {"r2", 99}}, 10},
           Row{{{"r1", 80}, {"r2", 10}, {"r3", 10}}, 10},
           Row{{{"r1", 48}, {"r2", 48}, {"r3", 4}}, 2},
           Row{{{"r1", 25}, {"r2", 25}, {"r3", 25}, {"r4", 25}}, 3},
       }) {
    CAPTURE(row.attempts);
    CHECK(http(wish(true, "", row.distribute), "[{name: p, number: 80, protocol: HTTP}]")[0]["retries"]["attempts"] ==
          row.attempts);
  }
}

TEST_CASE("which requests are tried again") {
  struct Row {
    FailoverWish wish;
    const char* protocol;
    const char* retries;
  };
  for (const Row& row : {
           Row{wish(), "HTTP", "{attempts: 2, retryOn: 'connect-failure,refused-stream', retryRemoteLocalities: true}"},
           Row{wish(), "GRPC", "{attempts: 2, retryOn: 'connect-failure,refused-stream', retryRemoteLocalities: true}"},
           Row{wish(true), "http2",
               "{attempts: 2, retryOn: 'gateway-error,connect-failure,refused-stream', retryRemoteLocalities: true}"},
           Row{wish(true), "grpc",
               "{attempts: 2, retryOn: 'gateway-error,connect-failure,refused-stream,unavailable', "
               "retryRemoteLocalities: true}"},
           Row{wish(true, "0.5s"), "HTTP",
               "{attempts: 2, perTryTimeout: 0.5s, retryOn: 'gateway-error,connect-failure,refused-stream', "
               "retryRemoteLocalities: true}"},
           Row{wish(true, "", {{"r1", 75}, {"r2", 25}}), "HTTP",
               "{attempts: 2, retryOn: 'gateway-error,connect-failure,refused-stream', retryRemoteLocalities: true}"},
       }) {
    CAPTURE(row.retries);
    CHECK(
        http(row.wish, "[{name: p, number: 80, protocol: " + std::string(row.protocol) + "}]") ==
        Json::array({{{"route", {{{"destination", {{"host", "a.bar.global"}}}}}}, {"retries", parsed(row.retries)}}}));
  }
}

TEST_CASE("an http route for each HTTP port") {
  const Json routes = http(wish(true),
                           "[{name: a, number: 80, protocol: HTTP}, {name: b, number: 90, protocol: GRPC}, {name: c, "
                           "number: 5432, protocol: TCP}]");
  REQUIRE(routes.size() == 2);
  CHECK(routes[0]["match"] == Json::parse(R"([{"port": 80}])"));
  CHECK(routes[1]["match"] == Json::parse(R"([{"port": 90}])"));
  CHECK(routes[1]["route"] == Json::parse(R"([{"destination": {"host": "a.bar.global", "port": {"number": 90}}}])"));
  CHECK(routes[0]["retries"]["retryOn"] == "gateway-error,connect-failure,refused-stream");
  CHECK(routes[1]["retries"]["retryOn"] == "gateway-error,connect-failure,refused-stream,unavailable");
  const Json beside_tcp =
      http(wish(), "[{name: a, number: 80, protocol: HTTP}, {name: c, number: 5432, protocol: TCP}]");
  REQUIRE(beside_tcp.size() == 1);
  CHECK_FALSE(beside_tcp[0].contains("match"));
  CHECK(beside_tcp[0]["route"][0]["destination"]["port"]["number"] == 80);
}

TEST_CASE("what ports carry") {
  struct Row {
    const char* protocol;
    bool http;
    bool streams;
  };
  for (const Row& row :
       {Row{"HTTP", true, false}, Row{"http2", true, false}, Row{"GRPC", true, false}, Row{"grpc-web", true, false},
        Row{"TCP", false, true}, Row{"TLS", false, true}, Row{"HTTPS", false, true}, Row{"MONGO", false, true},
        Row{"", true, true}, Row{"UDP", false, true}}) {
    CAPTURE(row.protocol);
    const MeshEntry::Port port{"p", 80, row.protocol, {}};
    CHECK(may_carry_http(port) == row.http);
    CHECK(may_carry_streams(port) == row.streams);
  }
}

TEST_CASE("the routes that are there, where they send to the host") {
  const char* before = R"({hosts: [a.bar.global], gateways: [mesh], http: [
      {name: slow, match: [{uri: {prefix: /slow}}], route: [{destination: {host: a.bar.global}}], timeout: 9s, retries: {attempts: 7, perTryTimeout: 3s, backoff: 1s}},
      {match: [{uri: {prefix: /gone}}], redirect: {uri: /new}},
      {match: [{uri: {prefix: /b}}], route: [{destination: {host: b.bar.global}}]},
      {route: [{destination: {host: a.bar.global}, weight: 90}, {destination: {host: b.bar.global}, weight: 10}]}]})";
  Json then = parsed(before);
  const Json again = parsed("{attempts: 2, retryOn: 'connect-failure,refused-stream', retryRemoteLocalities: true}");
  then["http"][0]["retries"].update(again);
  then["http"][3]["retries"] = again;
  CHECK(retried(wish(), before) == then);
}

TEST_CASE("a VirtualService of TCP routes alone gets http routes, and one that sends elsewhere none") {
  const std::string tcp =
      "{hosts: [a.bar.global], tcp: [{route: [{destination: {host: a.bar.global, port: {number: 5432}}}]}]}";
  const std::string ports = "[{name: http, number: 80, protocol: HTTP}, {name: db, number: 5432, protocol: TCP}]";
  Json then = parsed(tcp);
  then["http"] = http(wish(), ports);
  CHECK(retried(wish(), tcp, ports) == then);
  CHECK(may_have_retries(wish().host, service(object_json(tcp))));
  const std::string elsewhere = "{hosts: [a.bar.global], http: [{route: [{destination: {host: b.bar.global}}]}]}";
  CHECK(retried(wish(), elsewhere) == parsed(elsewhere));
  CHECK_FALSE(may_have_retries(wish().host, service(object_json(elsewhere))));
}

TEST_CASE("gRPC is told by the route's ports") {
  const char* ports = "[{name: a, number: 80, protocol: HTTP}, {name: b, number: 90, protocol: GRPC}]";
  const Json spec = retried(wish(true), R"({hosts: [a.bar.global], http: [
      {match: [{port: 80}], route: [{destination: {host: a.bar.global}}]},
      {match: [{port: 90}], route: [{destination: {host: a.bar.global}}]},
      {match: [{port: 90}], route: [{destination: {host: a.bar.global, port: {number: 80}}}]},
      {route: [{destination: {host: a.bar.global}}]}]})",
                            ports);
  std::vector<bool> grpc;
  for (const Json& route : spec["http"])
    grpc.push_back(route["retries"]["retryOn"].get<std::string>().ends_with(",unavailable"));
  CHECK(grpc == std::vector<bool>{false, true, false, true});
}

TEST_CASE("without retries in other localities") {
  const MeshHost host = *parse_mesh_host("a.bar.global");
  const std::string made = failover_route(
      wish(true), entry("[{name: a, number: 80, protocol: HTTP}, {name: b, number: 90, protocol: GRPC}]"), kIdentity,
      "networking.istio.io/v1");
  CHECK(has_retries(host, service(made)));
  CHECK(without_retries(host, made, service(made)).empty());
  const std::string theirs = object_json(
      "{hosts: [a.bar.global], http: [{match: [{uri: {prefix: /x}}], route: [{destination: {host: a.bar.global}}]}]}");
  CHECK_FALSE(has_retries(host, service(theirs)));
  const std::string with =
      with_retries(wish(), entry("[{name: a, number: 80, protocol: HTTP}]"), theirs, service(theirs));
  CHECK(Json::parse(without_retries(host, with, service(with))) == Json::parse(theirs));
  const std::string others = object_json(
      "{hosts: [a.bar.global], http: [{route: [{destination: {host: a.bar.global}}], retries: {attempts: 5}}]}");
  CHECK(Json::parse(without_retries(host, others, service(others))) == Json::parse(others));
}

TEST_CASE("what is left of an object that we made is kept where it is more than the default") {
  const MeshHost host = *parse_mesh_host("a.bar.global");
  const char* retries = ", retries: {attempts: 2, retryRemoteLocalities: true}}";
  struct Row {
    const char* route;
    bool is_kept;
  };
  for (const Row& row : {
           Row{"{route: [{destination: {host: a.bar.global}}]", false},
           Row{"{match: [{port: 80}], route: [{destination: {host: a.bar.global, port: {number: 80}}}]", false},
           Row{"{route: [{destination: {host: a.bar.global}, weight: 100}]", true},
           Row{"{route: [{destination: {host: a.bar.global, subset: v1}}]", true},
           Row{"{match: [{uri: {prefix: /x}}], route: [{destination: {host: a.bar.global}}]", true},
           Row{"{route: [{destination: {host: a.bar.global}}], timeout: 9s", true},
       }) {
    CAPTURE(row.route);
    Json object = Json::parse(object_json("{hosts: [a.bar.global], http: [" + std::string(row.route) + retries + "]}"));
    object["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "meshdnsctl";
    const std::string json = object.dump();
    CHECK(without_retries(host, json, service(json)).empty() != row.is_kept);
  }
}

}  // namespace
}  // namespace meshdns
