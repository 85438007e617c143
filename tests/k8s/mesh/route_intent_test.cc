#include "k8s/mesh/route_intent.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

VirtualService service(const std::string& http, const std::string& host = "service01.bar.svc.cluster.local",
                       const std::string& name = "reviews-route") {
  const auto parsed = parse_virtual_service(R"({"kind": "VirtualService", "metadata": {"name": ")" + name +
                                            R"(", "namespace": "bar"}, "spec": {"hosts": [")" + host +
                                            R"("], "http": [)" + http + "]}}");
  REQUIRE_MESSAGE(parsed, parsed.error());
  return *parsed;
}

DestinationRule rule(const std::string& host, const std::string& spec) {
  const auto parsed = parse_destination_rule(
      R"({"kind": "DestinationRule", "metadata": {"name": "r", "namespace": "bar"}, "spec": {"host": ")" + host +
      R"(", )" + spec + "}}");
  REQUIRE_MESSAGE(parsed, parsed.error());
  return *parsed;
}

std::string to(const std::string& host, int weight) {
  return R"({"destination": {"host": ")" + host + R"(", "port": {"number": 8000}}, "weight": )" +
         std::to_string(weight) + "}";
}

// As the tutorial has it.
const std::string kHeaders = R"({"match": [{"uri": {"prefix": "/headers"}}], "route": [)" + to("s4.bar.global", 50) +
                             "," + to("s1", 25) + "," + to("s2.bar.svc.cluster.local", 25) + "]}";

std::string route(const std::string& match, const std::string& host) {
  return R"({"match": [)" + match + R"(], "route": [{"destination": {"host": ")" + host + R"("}}]})";
}

/// DEST=WEIGHT of each share, or the error.
std::string intent(const std::vector<VirtualService>& services, const std::string& url,
                   const std::vector<DestinationRule>& rules = {}) {
  const auto found = route_intent(services, rules, *parse_web_url(url), "bar");
  if (!found) return found.error();
  std::string text = found->hashed.empty() ? "" : "(" + found->hashed + ") ";
  for (const RouteShare& share : found->shares) text += share.destination + "=" + std::to_string(share.weight) + " ";
  return text;
}

TEST_CASE("the tutorial's route, by any name of its host") {
  const std::vector<VirtualService> services = {service(kHeaders)};
  for (const char* host : {"service01.bar.svc.cluster.local", "service01.bar.svc", "service01.bar", "service01",
                           "Service01.BAR.svc.cluster.local."}) {
    CAPTURE(host);
    CHECK(intent(services, std::string("http://") + host + ":8000/headers?x") ==
          "s4.bar.global:8000=50 s1.bar.svc.cluster.local:8000=25 s2.bar.svc.cluster.local:8000=25 ");
  }
  CHECK(route_intent(services, {}, *parse_web_url("http://service01.bar/headers"), "foo")->source ==
        "the route for prefix=/headers of VirtualService bar/reviews-route");
}

TEST_CASE("the first route that fits") {
  struct Case {
    const char* match;
    const char* target;
    bool fits;
  };
  for (const Case& c :
       std::vector<Case>{{R"({"uri": {"exact": "/a"}})", "/a", true},
                         {R"({"uri": {"exact": "/a"}})", "/ab", false},
                         {R"({"uri": {"prefix": "/a"}})", "/ab", true},
                         {R"({"uri": {"prefix": "/A"}})", "/ab", false},
                         {R"({"uri": {"prefix": "/A"}, "ignoreUriCase": true})", "/ab", true},
                         {R"({"uri": {"regex": "/a+"}})", "/aa", true},
                         {R"({"uri": {"regex": "/a+"}})", "/aab", false},
                         {R"({"port": 8000})", "/x", true},
                         {R"({"port": 8001})", "/x", false},
                         {R"({"uri": {"prefix": "/b"}}, {"uri": {"prefix": "/a"}})", "/a", true},
                         {R"({"uri": {"prefix": "/b"}, "headers": {"x": {"exact": "y"}}})", "/a", false},
                         {R"({"uri": {"prefix": "/a"}, "headers": {"x": {}}}, {"port": 8000})", "/a", true}}) {
    CAPTURE(c.match);
    CHECK(intent({service(route(c.match, "wanted.x") + "," + route("{}", "rest.x"))},
                 std::string("http://service01.bar:8000") + c.target) == (c.fits ? "wanted.x=1 " : "rest.x=1 "));
  }
}

TEST_CASE("what the objects do not tell") {
  struct Case {
    std::vector<VirtualService> services;
    const char* error;
  };
  for (const Case& c : std::vector<Case>{
           {{}, "no VirtualService has the host service01.bar"},
           {{service(kHeaders, "service1.bar")},
            "no VirtualService has the host service01.bar; the nearest is service1.bar"},
           {{service(route(R"({"uri": {"prefix": "/x"}})", "x.y"))}, "has no http route that takes /headers"},
           {{service(route(R"({"headers": {"x": {"exact": "y"}}})", "x.y"))}, "cannot be told here"},
           {{service(R"({"delegate": {"name": "d", "namespace": "e"}})")}, "delegates to VirtualService e/d"},
           {{service(R"({"redirect": {"uri": "/x"}})")}, "has no destination"},
           {{service(R"({"route": [)" + to("a.b", 0) + "," + to("c.d", 0) + "]}")}, "has weights of 0 alone"},
           {{service(R"({"route": [)" + to("a.b", -1) + "," + to("c.d", 2) + "]}")},
            "has the weight -1, expected 0 or more"}}) {
    CAPTURE(c.error);
    const std::string said = intent(c.services, "http://service01.bar/headers");
    CHECK_MESSAGE(said.find(c.error) != std::string::npos, said);
  }
}

TEST_CASE("consistent hashing is seen where it holds") {
  const std::string hash = R"("loadBalancer": {"consistentHash": {"httpHeaderName": "x"}})";
  struct Case {
    DestinationRule rule;
    bool hashed;
  };
  for (const Case& c : std::vector<Case>{
           {rule("s4.bar.global", R"("trafficPolicy": {)" + hash + "}"), true},
           {rule("s5.bar.global", R"("trafficPolicy": {)" + hash + "}"), false},
           {rule("s1", R"("trafficPolicy": {"portLevelSettings": [{"port": {"number": 8000}, )" + hash + "}]}"), true},
           {rule("s1", R"("trafficPolicy": {"portLevelSettings": [{"port": {"number": 8001}, )" + hash + "}]}"), false},
           {rule("s4.bar.global", R"("subsets": [{"name": "v1", "trafficPolicy": {)" + hash + "}}]"), false}}) {
    const bool hashed = intent({service(kHeaders)}, "http://service01.bar/headers", {c.rule})
                            .starts_with("(consistentHash of DestinationRule bar/r)");
    CHECK(hashed == c.hashed);
  }
}

}  // namespace
}  // namespace meshdns
