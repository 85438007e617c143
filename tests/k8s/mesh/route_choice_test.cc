#include "k8s/mesh/route_choice.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "k8s/mesh/istio_version.h"
#include "k8s/mesh/route_weights.h"

namespace meshdns {
namespace {

std::string json_of(const std::string& name, const std::string& spec, const std::string& created = "") {
  return R"({"metadata": {"name": ")" + name + R"(", "namespace": "bar", "creationTimestamp": ")" + created +
         R"("}, "spec": )" + spec + "}";
}

VirtualService service_of(const std::string& name, const std::string& spec, const std::string& created = "") {
  return *parse_virtual_service(json_of(name, spec, created));
}

VirtualService with_routes(const std::string& http) {
  return service_of("x", R"({"hosts": ["x"], "http": [)" + http + "]}");
}

const std::string kTo = R"("route": [{"destination": {"host": "a"}, "weight": 1}])";

TEST_CASE("--match") {
  for (const char* text : {"prefix=/", "exact=/a", "regex=.*", "name=canary"}) {
    const auto match = parse_route_match(text);
    REQUIRE_MESSAGE(match, match.error());
    CHECK(match->text() == text);
  }
  CHECK(parse_route_match("")->is_any());
  CHECK(parse_route_match("regex=/a b'")->flag() == R"( --match 'regex=/a b'\''')");
  for (const char* text : {"/headers", "prefix=", "prefix=a", "exact=", "regex=", "name=", "suffix=/a"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_route_match(text));
  }
}

TEST_CASE("the VirtualService that clients follow") {
  const std::string host = "a.bar.svc.cluster.local";
  std::vector<VirtualService> services;
  CHECK(*service_for(services, host) == nullptr);
  services.push_back(service_of("gateway", R"({"hosts": ["a"], "gateways": ["in"]})"));
  CHECK((*service_for(services, host))->name == "gateway");
  services.push_back(service_of("young", R"({"hosts": ["a"]})", "2026-01-02T00:00:00Z"));
  CHECK((*service_for(services, host))->name == "young");
  services.push_back(service_of("old", R"({"hosts": ["a.bar.svc.cluster.local"], "gateways": ["mesh", "in"]})",
                                "2026-01-01T00:00:00Z"));
  const auto several = service_for(services, host);
  REQUIRE_FALSE(several);
  CHECK(several.error() ==
        "2 VirtualServices have the host a.bar.svc.cluster.local: sidecars follow the oldest, VirtualService bar/old, "
        "and "
        "VirtualService bar/young besides; put their routes into one, and take the others out: kubectl -n bar delete "
        "virtualservice young");
  CHECK(no_service_for(services, "b.bar.svc.cluster.local").message ==
        "no VirtualService has the host b.bar.svc.cluster.local; the nearest is a.bar.svc.cluster.local");
  for (const char* part : {"a.bar", "a.bar.svc", "a.bar.svc.cluster"}) {
    CAPTURE(part);
    CHECK(no_service_for(services, part).message.ends_with(" has a.bar.svc.cluster.local"));
  }
  services.push_back(service_of("wild", R"({"hosts": ["*.bar.global"]})"));
  CHECK(no_service_for(services, "b.bar.global").message ==
        "no VirtualService has the host b.bar.global itself; VirtualService bar/wild has *.bar.global");
}

TEST_CASE("a VirtualService for sidecars, and none beside a wildcard's") {
  std::vector<VirtualService> services{service_of("in", R"({"hosts": ["a.bar.global"], "gateways": ["in"]})"),
                                       service_of("out", R"({"hosts": ["a.bar.global"], "gateways": ["out"]})")};
  CHECK(service_for(services, "a.bar.global").error() ==
        "2 VirtualServices of gateways have the host a.bar.global: VirtualService bar/in, VirtualService bar/out; "
        "gateways "
        "follow all of them, so that it is not known which is meant: kubectl edit changes one");
  CHECK(*sidecar_service_for(services, "a.bar.global") == nullptr);
  CHECK_FALSE(routed_by_wildcard(services, "a.bar.global"));
  services.push_back(service_of("wild", R"({"hosts": ["*.bar.global"]})"));
  CHECK(routed_by_wildcard(services, "a.bar.global")->message ==
        "VirtualService bar/wild routes *.bar.global, and so a.bar.global: one for that host alone would take its "
        "place there; "
        "add the route to it: kubectl -n bar edit virtualservice wild");
  CHECK_FALSE(routed_by_wildcard(services, "a.foo.global"));
  services.push_back(service_of("own", R"({"hosts": ["a.bar.global"]})"));
  CHECK((*sidecar_service_for(services, "a.bar.global"))->name == "own");
}

TEST_CASE("what else changes with a route") {
  const VirtualService service = service_of(
      "x", R"({"hosts": ["x", "y"], "http": [{"match": [{"uri": {"prefix": "/a"}}, {"uri": {"exact": "/b"}}]}]})");
  CHECK(also_changed(service, service.http[0], "x.bar.svc.cluster.local") ==
        std::vector<std::string>{"VirtualService bar/x is for y.bar.svc.cluster.local, too",
                                 "the route is for prefix=/a or exact=/b"});
  CHECK(also_changed(with_routes(""), {}, "x.bar.svc.cluster.local").empty());
}

TEST_CASE("which route is meant") {
  const std::string a = R"({"match": [{"uri": {"prefix": "/a"}}], )" + kTo + "}";
  const std::string a_with_header =
      R"({"match": [{"uri": {"prefix": "/a"}, "headers": {}}], "name": "jason", )" + kTo + "}";
  const std::string exact = R"({"match": [{"uri": {"exact": "/a"}}], )" + kTo + "}";
  const std::string any = "{" + kTo + "}";
  const std::string root = R"({"match": [{"uri": {"prefix": "/"}}], )" + kTo + "}";
  struct Case {
    std::string http;
    const char* match;
    std::vector<size_t> routes;
  };
  for (const Case& c : std::vector<Case>{{a, "", {0}},
                                         {a + "," + any, "", {1}},
                                         {a + "," + root + "," + any, "", {1}},
                                         {a + "," + exact, "", {}},
                                         {a + "," + any, "prefix=/a", {0}},
                                         {a + "," + any, "exact=/a", {}},
                                         {a_with_header + "," + a, "prefix=/a", {1}},
                                         {a_with_header + "," + any, "prefix=/a", {0}},
                                         {a_with_header + "," + a, "name=jason", {0}},
                                         {a + "," + a, "prefix=/a", {0, 1}}}) {
    CAPTURE(c.http);
    CHECK(routes_for(with_routes(c.http), *parse_route_match(c.match)) == c.routes);
  }
}

TEST_CASE("a route that cannot be told, or has no weights") {
  struct Case {
    std::string http;
    const char* match;
    const char* error;
  };
  const std::string several =
      R"({"match": [{"uri": {"prefix": "/a"}}], )" + kTo + R"(}, {"match": [{"uri": {"exact": "/b"}}], )" + kTo + "}";
  const std::string twins = R"({"name": "n", "match": [{"uri": {"prefix": "/a"}}], )" + kTo +
                            R"(}, {"match": [{"uri": {"prefix": "/a"}}], )" + kTo + "}";
  for (const Case& c : std::vector<Case>{
           {several, "",
            "VirtualService bar/x has several routes, none of them for every request:"
            "\n  spec.http[0]: prefix=/a → a.bar.svc.cluster.local=1\n  spec.http[1]: exact=/b → "
            "a.bar.svc.cluster.local=1"
            "\nwhat would be right:\n  COMMAND --match prefix=/a\n  COMMAND --match exact=/b"},
           {several, "prefix=/c",
            "VirtualService bar/x has no route for prefix=/c:"
            "\n  spec.http[0]: prefix=/a → a.bar.svc.cluster.local=1\n  spec.http[1]: exact=/b → "
            "a.bar.svc.cluster.local=1"
            "\nwhat would be right:\n  COMMAND --match prefix=/a\n  COMMAND --match exact=/b"},
           {twins, "prefix=/a",
            "2 routes of VirtualService bar/x fit prefix=/a:"
            "\n  spec.http[0] (n): prefix=/a → a.bar.svc.cluster.local=1\n  spec.http[1]: prefix=/a → "
            "a.bar.svc.cluster.local=1"
            "\nwhat would be right:\n  COMMAND --match name=n"},
           {R"({"delegate": {"name": "d", "namespace": "ops"}})", "",
            "the route for every request of VirtualService bar/x delegates to VirtualService ops/d, which has the "
            "weights; "
            "change them there: kubectl -n ops edit virtualservice d"},
           {R"({"redirect": {"uri": "/b"}})", "",
            "the route for every request of VirtualService bar/x redirects, and so has no destination"},
           {R"({"directResponse": {"status": 418}})", "",
            "the route for every request of VirtualService bar/x answers itself, and so has no destination"},
           {"", "", "VirtualService bar/x has no http route, and no other"}}) {
    const auto route = route_for(with_routes(c.http), *parse_route_match(c.match), "COMMAND");
    REQUIRE_FALSE(route);
    CHECK(route.error() == c.error);
  }
}

TEST_CASE("which destination is meant") {
  const VirtualService service = with_routes(R"({"route": [
      {"destination": {"host": "a", "subset": "v1"}, "weight": 1}, {"destination": {"host": "a", "subset": "v2"}},
      {"destination": {"host": "b", "port": {"number": 80}}}, {"destination": {"host": "b"}},
      {"destination": {"host": "c.bar.global", "port": {"number": 80}}}]})");
  struct Case {
    const char* text;
    std::optional<size_t> index;
  };
  for (const Case& c : std::vector<Case>{{"a/v1", 0},
                                         {"a/v2", 1},
                                         {"a", {}},
                                         {"a/v3", {}},
                                         {"b:80", 2},
                                         {"b", 3},
                                         {"b:81", {}},
                                         {"c.bar.global", 4},
                                         {"c.bar.global:80", 4},
                                         {"c", {}},
                                         {"a.bar.svc.cluster.local/v1", 0}}) {
    CAPTURE(c.text);
    const auto index = destination_in(service, service.http[0], in_full(*parse_destination(c.text), "bar"));
    CHECK(static_cast<bool>(index) == c.index.has_value());
    if (index && c.index) CHECK(*index == *c.index);
  }
  const auto wrong = destination_in(service, service.http[0], *parse_destination("c.baz.global"));
  CHECK(wrong.error().ends_with("not to c.baz.global; the nearest is c.bar.global:80"));
  const auto part = destination_in(service, service.http[0], *parse_destination("a.bar"));
  CHECK(part.error().ends_with(
      "not to a.bar; Istio takes a host with a dot as it stands: write a.bar.svc.cluster.local"));
}

TEST_CASE("new weights") {
  const std::string json = json_of("x", R"({"hosts": ["x"], "http": [{"route": [
      {"destination": {"host": "a"}, "weight": 50}, {"destination": {"host": "b"}}, {"destination": {"host": "c"}, "weight": 50}]}]})");
  const VirtualService service = *parse_virtual_service(json);
  const auto changed = [&](const std::vector<std::string>& to) {
    std::vector<WeightedDestination> wanted;
    for (const std::string& text : to) wanted.push_back(*parse_weighted_destination(text));
    return change_weights(json, service, 0, wanted, IstioVersion{1, 14});
  };
  CHECK(changed({"a=50", "c=50"})->patch == "[]");
  CHECK(changed({"a=40", "b=10"})->patch ==
        R"([{"op":"test","path":"/spec/http/0/route/0/destination","value":{"host":"a"}},)"
        R"({"op":"replace","path":"/spec/http/0/route/0/weight","value":40},)"
        R"({"op":"test","path":"/spec/http/0/route/1/destination","value":{"host":"b"}},)"
        R"({"op":"add","path":"/spec/http/0/route/1/weight","value":10}])");
  const std::string route = "the route for every request of VirtualService bar/x: the weights sum to ";
  CHECK(changed({"a=0", "c=0"}).error() ==
        route + "0: no destination would get a request; give at least one of them a weight");
  CHECK(changed({"a=60"}).error() ==
        route + "110, and Istio 1.14 of this cluster demands exactly 100; from 1.15 on any sum is right");
  CHECK(changed({"a=2147483647", "b=2147483647", "c=2"}).error() ==
        route + "4294967296, which is more than the 4294967295 that sidecars take");
  CHECK(changed({"a=1", "a.bar.svc.cluster.local=2"}).error() ==
        "found a.bar.svc.cluster.local twice, expected one weight for it");
  CHECK(changed({"d=1"}).error().ends_with(
      "c.bar.svc.cluster.local=50, not to d.bar.svc.cluster.local; the nearest is a.bar.svc.cluster.local"));
}

TEST_CASE("the version of istiod's image") {
  struct Case {
    const char* image;
    const char* version;
    bool demands_100;
  };
  for (const Case& c : std::vector<Case>{{"docker.io/istio/pilot:1.1.7", "1.1", true},
                                         {"istio/pilot:1.14.6-distroless", "1.14", true},
                                         {"gcr.io:443/istio/pilot:1.15.0@sha256:00", "1.15", false},
                                         {"pilot:1.31-alpha.5", "1.31", false},
                                         {"pilot:2.0", "2.0", false}}) {
    const auto version = istio_version_of(c.image);
    REQUIRE(version);
    CHECK(version->text() == c.version);
    CHECK(version->demands_100() == c.demands_100);
  }
  for (const char* image :
       {"", "pilot", "pilot:latest", "pilot:1", "pilot:1.", "pilot:1.x", "pilot@sha256:1.2", "pilot:1.15x"}) {
    CAPTURE(image);
    CHECK_FALSE(istio_version_of(image));
  }
}

}  // namespace
}  // namespace meshdns
