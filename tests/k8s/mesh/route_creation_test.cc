#include "k8s/mesh/route_creation.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace meshdns {
namespace {

using Json = nlohmann::json;

NewRoute route_to(const std::vector<std::string>& to, const char* match = "") {
  NewRoute route{"x.bar.svc.cluster.local", *parse_route_match(match), {}};
  for (const std::string& text : to) route.to.push_back(*parse_weighted_destination(text));
  return route;
}

std::string with_http(const std::string& http, const std::string& labels = "{}") {
  return R"({"metadata": {"name": "x", "namespace": "bar", "labels": )" + labels +
         R"(}, "spec": {"hosts": ["x"], "http": [)" + http + "]}}";
}

std::string for_uri(const std::string& uri) {
  return R"({"match": [{"uri": )" + uri + R"(}], "route": [{"destination": {"host": "a.bar.global"}, "weight": 1}]})";
}

TEST_CASE("where a host's VirtualService belongs") {
  struct Case {
    const char* host;
    const char* name_space;  // where it is known
    const char* object;
  };
  const std::string longest = std::string(60, 'a') + ".b.c.d";
  for (const Case& c :
       std::vector<Case>{{"a.bar.svc.cluster.local", "", "VirtualService bar/a"},
                         {"a.bar.svc.cluster.local", "foo", "VirtualService foo/a"},
                         {"a.bar.global", "", "VirtualService bar/a-bar"},
                         {"api.example.com", "", "VirtualService example/api-example"},
                         {"api.example.com", "foo", "VirtualService foo/api-example"},
                         {"api.eu.example.com", "", "VirtualService default/api-eu-example-com"},
                         {longest.c_str(), "",
                          "VirtualService default/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-b"}}) {
    CAPTURE(c.host);
    CHECK(route_object(c.host, c.name_space, "default").object() == c.object);
  }
}

TEST_CASE("a VirtualService of its own") {
  const ObjectIdentity identity{"VirtualService", "bar", "x", 0, ""};
  const auto spec_of = [&](const NewRoute& route) {
    return Json::parse(virtual_service_json(identity, "networking.istio.io/v1", route)).at("spec");
  };
  CHECK(spec_of(route_to({"a.bar.global:80/v1=100"})) == Json::parse(R"({"hosts": ["x.bar.svc.cluster.local"], "http": [
      {"route": [{"destination": {"host": "a.bar.global", "port": {"number": 80}, "subset": "v1"}, "weight": 100}]}]})"));
  CHECK(spec_of(route_to({"a.bar.global=50", "b.bar.global=50"}, "exact=/a")) ==
        Json::parse(R"({"hosts": ["x.bar.svc.cluster.local"], "http": [
      {"match": [{"uri": {"exact": "/a"}}], "route": [{"destination": {"host": "a.bar.global"}, "weight": 50},
                                                      {"destination": {"host": "b.bar.global"}, "weight": 50}]},
      {"route": [{"destination": {"host": "x.bar.svc.cluster.local"}}]}]})"));
  const Json whole = Json::parse(virtual_service_json(identity, "networking.istio.io/v1beta1", route_to({"a=1"})));
  CHECK(whole.at("apiVersion") == "networking.istio.io/v1beta1");
  CHECK(whole.at("metadata") ==
        Json::parse(R"({"name": "x", "namespace": "bar", "labels": {"app.kubernetes.io/managed-by": "meshdnsctl"}})"));
}

TEST_CASE("a route more stands in front of what would take its requests") {
  const std::string a = for_uri(R"({"prefix": "/a"})");
  const std::string root = for_uri(R"({"prefix": "/"})");
  const std::string any = R"({"route": [{"destination": {"host": "a.bar.global"}}]})";
  const std::string own = R"({"route": [{"destination": {"host": "x"}}]})";
  const std::string header =
      R"({"match": [{"uri": {"prefix": "/a"}, "headers": {}}], "route": [{"destination": {"host": "a"}}]})";
  struct Case {
    std::string http;
    const char* match;
    const char* path;  // of the new route; empty: nothing changes
  };
  for (const Case& c : std::vector<Case>{{any, "prefix=/a", "/spec/http/0"},
                                         {a + "," + any, "prefix=/b", "/spec/http/1"},
                                         {a + "," + any, "prefix=/a/b", "/spec/http/0"},
                                         {a + "," + any, "exact=/a", "/spec/http/0"},
                                         {a + "," + any, "regex=/a.*", "/spec/http/1"},
                                         {header + "," + root, "prefix=/a", "/spec/http/1"},
                                         {a + "," + own, "", "/spec/http/1"},
                                         {own, "", "/spec/http/0"},
                                         {a, "", "/spec/http/1"},
                                         {a, "prefix=/b", "/spec/http/1"},
                                         {a, "prefix=/a", ""},
                                         {a + "," + any, "", ""},
                                         {a + "," + root, "", ""},
                                         {"", "", "/spec/http"}}) {
    CAPTURE(c.http);
    const std::string json = with_http(c.http);
    const auto change = add_route(json, *parse_virtual_service(json), route_to({"a.bar.global=1"}, c.match), "");
    REQUIRE_MESSAGE(change, change.error());
    const Json patch = Json::parse(change->patch);
    CHECK((patch.empty() ? "" : patch.at(0).at("path").get<std::string>()) == c.path);
  }
}

TEST_CASE("a route for the same requests is not replaced") {
  const std::string json = with_http(for_uri(R"({"prefix": "/a"})"));
  const auto error = [&](const std::vector<std::string>& to) {
    return add_route(json, *parse_virtual_service(json), route_to(to, "prefix=/a"), " -n bar").error();
  };
  const std::string there =
      "the route for prefix=/a of VirtualService bar/x is there already, and sends to a.bar.global=1; ";
  CHECK(error({"b.bar.global=1"}) ==
        there +
            "before another takes its place: meshdnsctl route delete x.bar.svc.cluster.local --match prefix=/a -n bar");
  CHECK(error({"a.bar.global=1", "b.bar.global=1"}) ==
        there +
            "before another takes its place: meshdnsctl route delete x.bar.svc.cluster.local --match prefix=/a -n bar");
  const std::string two = with_http(
      R"({"route": [{"destination": {"host": "a"}, "weight": 1}, {"destination": {"host": "b"}, "weight": 1}]})");
  CHECK(add_route(two, *parse_virtual_service(two),
                  route_to({"a.bar.svc.cluster.local=1", "b.bar.svc.cluster.local=2"}), " --file a.yaml")
            .error()
            .ends_with("; its weights are changed with: meshdnsctl route set-weights x.bar.svc.cluster.local "
                       "a.bar.svc.cluster.local=1 b.bar.svc.cluster.local=2 --file a.yaml"));
}

TEST_CASE("a route less") {
  const std::string a = for_uri(R"({"prefix": "/a"})");
  const std::string own = R"({"route": [{"destination": {"host": "x"}}]})";
  const std::string any = R"({"route": [{"destination": {"host": "b"}}]})";
  const std::string ours = R"({"app.kubernetes.io/managed-by": "meshdnsctl"})";
  struct Case {
    std::string json;
    const char* match;
    const char* expected;  // the pointer of what is removed, "object" for all of it, "none", or "error"
  };
  for (const Case& c :
       std::vector<Case>{{with_http(a + "," + own, ours), "prefix=/a", "object"},
                         {with_http(a + "," + own), "prefix=/a", "/spec/http/0"},
                         {with_http(a + "," + any, ours), "prefix=/a", "/spec/http/0"},
                         {with_http(a + "," + own, ours), "", "none"},
                         {with_http(any + "," + own, ours), "", "object"},
                         {with_http(any + "," + own), "", "/spec/http/0"},
                         {with_http(R"({"match": [{"uri": {"prefix": "/a"}}, {"uri": {"prefix": "/b"}}]}, )" + any),
                          "prefix=/a", "error"},
                         {with_http(any, ours), "", "object"},
                         {with_http(any), "", "error"},
                         {with_http(a + "," + any), "prefix=/b", "none"},
                         {with_http(a), "", "none"},
                         {with_http(a + "," + any), "", "/spec/http/1"},
                         {with_http(a + "," + a), "prefix=/a", "error"}}) {
    CAPTURE(c.json);
    const auto change = remove_route(c.json, *parse_virtual_service(c.json), *parse_route_match(c.match), "COMMAND");
    std::string found = "error";
    if (change && !*change) found = "none";
    if (change && *change)
      found = (*change)->after.empty() ? "object" : Json::parse((*change)->patch).at(1).at("path").get<std::string>();
    CHECK(found == c.expected);
  }
}

TEST_CASE("a route as a command writes it") {
  const auto command = [](const std::string& http) {
    const std::string json = with_http(http);
    const VirtualService service = *parse_virtual_service(json);
    const auto match = match_of(service.http[0]);
    std::string text = match ? match->text() + ":" : "none";
    for (const auto& [destination, weight] : weighted(service.http[0]))
      text += " " + destination.text() + "=" + std::to_string(weight);
    return text;
  };
  CHECK(command(R"({"route": [{"destination": {"host": "a.bar.global"}}]})") == "every request: a.bar.global=100");
  CHECK(
      command(
          R"({"match": [{"uri": {"exact": "/a"}}], "route": [{"destination": {"host": "a.b"}, "weight": 1}, {"destination": {"host": "b.b"}}]})") ==
      "exact=/a: a.b=1 b.b=0");
  CHECK(command(R"({"match": [{"uri": {"exact": "/a"}, "port": 80}], "route": [{"destination": {"host": "a.b"}}]})") ==
        "none a.b=100");
  CHECK(command(R"({"redirect": {}})") == "none");
}

}  // namespace
}  // namespace meshdns
