#include "k8s/mesh/envoy_routes.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

// A route configuration of Istio's, as /config_dump has it.
std::string dump_of(const std::string& routes, const std::string& name = "8000",
                    const std::string& domains = R"("a.bar.global", "240.0.0.2")") {
  return R"({"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump.DynamicRouteConfig", "route_config": {
    "name": ")" +
         name + R"(", "ignore_port_in_host_matching": true, "virtual_hosts": [
      {"name": "a.bar.global:8000", "domains": [)" +
         domains + R"(], "routes": [)" + routes + R"(]},
      {"name": "block_all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "direct_response": {"status": 502}}]}]}}]})";
}

std::string to(const std::string& match, const std::string& cluster, const std::string& more = "") {
  return R"({"match": {)" + match + R"(}, "route": {"cluster": ")" + cluster + "\"" + more + "}}";
}

constexpr const char* kWeighted = R"({"name": "h", "match": {"prefix": "/headers", "case_sensitive": true}, "route": {
  "weighted_clusters": {"clusters": [{"name": "outbound|8000||s4.bar.global", "weight": 50}, {"name": "s1", "weight": 25},
    {"name": "s2", "weight": 25}], "total_weight": 100}, "timeout": "0s", "retry_policy": {"num_retries": 2}}})";

/// The names of its clusters, or the error.
std::string found(const std::string& dump, const std::string& url) {
  const auto route = find_envoy_route(dump, *parse_web_url(url));
  if (!route) return route.error();
  if (!*route) return "no virtual host";
  std::string names = (*route)->hashed.empty() ? "" : "(" + (*route)->hashed + ") ";
  for (const auto& cluster : (*route)->clusters) names += cluster.name + "=" + std::to_string(cluster.weight) + " ";
  return names;
}

TEST_CASE("weights, and what the route is called") {
  const auto route = find_envoy_route(dump_of(kWeighted), *parse_web_url("http://a.bar.global:8000/headers/x?y=z"));
  REQUIRE_MESSAGE(route, route.error());
  CHECK(*route ==
        EnvoyRoute{"route h of a.bar.global:8000", {{"outbound|8000||s4.bar.global", 50}, {"s1", 25}, {"s2", 25}}, ""});
}

TEST_CASE("which route takes a request: the first that fits") {
  struct Case {
    std::string match;
    const char* target;
    bool fits;
  };
  const std::vector<Case> cases = {
      {R"("prefix": "/")", "/x", true},
      {R"("prefix": "/a")", "/ab", true},
      {R"("prefix": "/A")", "/ab", false},
      {R"("prefix": "/A", "case_sensitive": false)", "/ab", true},
      {R"("path": "/a")", "/a?b=c", true},
      {R"("path": "/a")", "/a/b", false},
      {R"("path_separated_prefix": "/a")", "/a/b", true},
      {R"("path_separated_prefix": "/a")", "/ab", false},
      {R"("safe_regex": {"regex": "/a.*"})", "/ab", true},
      {R"("safe_regex": {"regex": "/a"})", "/ab", false},
      {R"("prefix": "/", "grpc": {})", "/a", false},
      {R"("connect_matcher": {})", "/a", false},
      {R"("prefix": "/", "headers": [{"name": ":method", "string_match": {"exact": "GET"}}])", "/a", true},
      {R"("prefix": "/", "headers": [{"name": ":method", "string_match": {"exact": "POST"}}])", "/a", false},
      {R"("prefix": "/", "headers": [{"name": "end-user", "string_match": {"exact": "jason"}}])", "/a", false},
      {R"("prefix": "/", "headers": [{"name": "end-user", "string_match": {"exact": "jason"}, "invert_match": true}])",
       "/a", true},
      {R"("prefix": "/", "headers": [{"name": "end-user", "present_match": true}])", "/a", false},
      {R"("prefix": "/", "headers": [{"name": "end-user", "present_match": false}])", "/a", true},
      {R"("prefix": "/", "headers": [{"name": "end-user"}])", "/a", false},
      {R"("prefix": "/", "headers": [{"name": "x", "string_match": {"exact": ""}, "treat_missing_header_as_empty": true}])",
       "/a", true},
      {R"("prefix": "/", "headers": [{"name": ":authority", "string_match": {"prefix": "A.bar", "ignore_case": true}}])",
       "/a", true},
      {R"("prefix": "/", "headers": [{"name": "User-Agent", "string_match": {"safe_regex": {"regex": "mesh.*"}}}])",
       "/a", true},
      {R"("prefix": "/", "query_parameters": [{"name": "v", "string_match": {"exact": "2"}}])", "/a?u=1&v=2", true},
      {R"("prefix": "/", "query_parameters": [{"name": "v", "string_match": {"exact": "2"}}])", "/a?v=1&v=2", false},
      {R"("prefix": "/", "query_parameters": [{"name": "v", "present_match": true}])", "/a?v", true},
      {R"("prefix": "/", "query_parameters": [{"name": "v"}])", "/a", false},
      {R"("prefix": "/b", "dynamic_metadata": [])", "/a", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.match);
    CAPTURE(c.target);
    const std::string dump = dump_of(to(c.match, "wanted") + "," + to(R"("prefix": "/")", "rest"));
    CHECK(found(dump, std::string("http://a.bar.global:8000") + c.target) == (c.fits ? "wanted=1 " : "rest=1 "));
  }
}

TEST_CASE("what cannot be told is said") {
  for (const char* match :
       {R"("prefix": "/", "dynamic_metadata": [])", R"("prefix": "/", "headers": [7])",
        R"("safe_regex": {"regex": "("})",
        R"("prefix": "/", "headers": [{"name": "accept", "range_match": {"start": 1}}])", R"("prefix": 7)"}) {
    CAPTURE(match);
    const std::string said = found(dump_of(to(match, "wanted")), "http://a.bar.global:8000/a");
    CHECK(said.find("cannot be told here") != std::string::npos);
  }
}

TEST_CASE("which virtual host a request belongs to") {
  struct Case {
    const char* domains;
    const char* name;
    const char* url;
    bool found;
  };
  const std::vector<Case> cases = {
      {R"("a.bar.global")", "8000", "http://A.bar.global:8000/", true},
      {R"("a.bar.global")", "8000", "http://a.bar.global:8001/", false},
      {R"("a.bar.global")", "8000", "http://b.bar.global:8000/", false},
      {R"("240.0.0.2")", "8000", "http://240.0.0.2:8000/", true},
      {R"("[2001:db8::1]")", "8000", "http://[2001:db8::1]:8000/", true},
      {R"("*.bar.global")", "8000", "http://a.bar.global:8000/", true},
      {R"("*.bar.global")", "8000", "http://bar.global:8000/", false},
      {R"("a.bar.*")", "8000", "http://a.bar.global:8000/", true},
      {R"("a.bar.global")", "80", "http://a.bar.global/", true},
      {R"("*")", "8000", "http://a.bar.global:8000/", false},
      {R"("*")", "a.bar.global:8000", "http://a.bar.global:8000/", true},
      {R"("*")", "a.bar.svc.cluster.local:8000", "http://a.bar:8000/", true},
      {R"("*")", "b.bar.global:8000", "http://a.bar.global:8000/", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.domains);
    CAPTURE(c.url);
    const std::string said = found(dump_of(to(R"("prefix": "/")", "wanted"), c.name, c.domains), c.url);
    CHECK((said == "wanted=1 ") == c.found);
    if (!c.found) CHECK(said == "no virtual host");
  }
}

TEST_CASE("what else decides than chance, and what sends nowhere") {
  const std::string any = R"("prefix": "/")";
  const std::string url = "http://a.bar.global:8000/";
  CHECK(found(dump_of(to(any, "c", R"(, "hash_policy": [{"header": {"header_name": "x"}}])")), url) ==
        "(hash policy on header x) c=1 ");
  CHECK(
      found(
          dump_of(
              R"({"match": {"prefix": "/"}, "route": {"weighted_clusters": {"header_name": "w", "clusters": [{"name": "a", "weight": 1}]}}})"),
          url) == "(header w) a=1 ");
  for (const char* action :
       {R"("redirect": {"path_redirect": "/x"})", R"("direct_response": {"status": 404})",
        R"("route": {"cluster_header": "x"})",
        R"("route": {"weighted_clusters": {"clusters": [{"name": "a", "weight": 0}, {"name": "b"}, 7]}})",
        R"("route": [])"}) {
    CAPTURE(action);
    CHECK(found(dump_of(std::string(R"({"match": {"prefix": "/"}, )") + action + "}"), url)
              .find("sends to no destination") != std::string::npos);
  }
  CHECK(found(dump_of(""), url)
            .find("the sidecar has no route of a.bar.global:8000 that takes /, and answers 404 itself") == 0);
}

TEST_CASE("a dump that is none") {
  const std::string url = "http://a.bar.global:8000/";
  for (const char* text : {"", "[]", "{", "7", "not found"})
    CHECK(found(text, url).find("expected Envoy's /config_dump") != std::string::npos);
  for (
      const char* text :
      {"{}", R"({"configs": 7})", R"({"configs": [7, {"route_config": 7}, {"route_config": {"name": "8000"}}]})",
       R"({"configs": [{"route_config": {"name": "8000", "virtual_hosts": [7, {"domains": [7, "", "a.bar.globa"]}]}}]})"}) {
    CAPTURE(text);
    CHECK(found(text, url) == "no virtual host");
  }
}

TEST_CASE("which clusters choose by hash") {
  const std::string dump =
      R"({"configs": [{"cluster": {"name": "a", "lb_policy": "RING_HASH"}}, {"cluster": {"name": "b", "lb_policy": "LEAST_REQUEST"}},
    {"cluster": {"name": "c", "lb_policy": "MAGLEV"}}, {"cluster": {"name": "d"}}, {"cluster": 7}, {"cluster": {"name": "e", "load_balancing_policy":
    {"policies": [{"typed_extension_config": {"name": "envoy.load_balancing_policies.maglev"}}]}}}]})";
  CHECK(hashing_clusters(dump, {"a", "b", "d", "e"}) == std::vector<std::string>{"a", "e"});
  CHECK(hashing_clusters("{", {"a"}).empty());
  CHECK(hashing_clusters("{}", {"a"}).empty());
}

}  // namespace
}  // namespace meshdns
