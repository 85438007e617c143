#include "k8s/mesh/virtual_service.h"

#include <vector>

#include "objects.h"

namespace meshdns {
namespace {

using Match = VirtualService::Match;
using To = VirtualService::To;

VirtualService parsed(const std::string& spec) {
  auto service = parse_virtual_service(object_json(spec));
  REQUIRE_MESSAGE(service, service.error());
  return *std::move(service);
}

TEST_CASE("the tutorial's route") {
  const VirtualService service = parsed(
      "{hosts: [service01.bar.svc.cluster.local], http: [{match: [{uri: {prefix: /headers}}], route: ["
      "{destination: {host: serviceserver04.bar.global, port: {number: 8000}}, weight: 50},"
      "{destination: {host: serviceserver01.bar.svc.cluster.local, port: {number: 8000}}, weight: 25}]}]}");
  CHECK(service.object() == "VirtualService bar/a");
  CHECK(service.hosts == std::vector<std::string>{"service01.bar.svc.cluster.local"});
  CHECK(service.is_for_sidecars());
  REQUIRE(service.http.size() == 1);
  CHECK(service.http[0].pointer == "/spec/http/0");
  CHECK(service.http[0].matches == std::vector<Match>{{Match::Uri::kPrefix, "/headers", {}, {}}});
  CHECK(service.http[0].to ==
        std::vector<To>{{"/spec/http/0/route/0", {"serviceserver04.bar.global", 8000, ""}, 50},
                        {"/spec/http/0/route/1", {"serviceserver01.bar.svc.cluster.local", 8000, ""}, 25}});
  CHECK_FALSE(service.http[0].is_catch_all());
}

TEST_CASE("what else a VirtualService has") {
  const VirtualService service = parsed(
      "{hosts: [b, '*'], gateways: [istio-system/east], exportTo: [.], unknown: 1, "
      "http: [{name: one, delegate: {name: d}}, {delegate: {name: d, namespace: foo}}, {redirect: {}}, "
      "{directResponse: {status: 200}},"
      "{route: [{destination: {host: B, subset: v1}, weight: -1}], mirror: {host: m.global}, retries: {attempts: 2},"
      " mirrors: [{destination: {host: n.global}}], match: [{headers: {x: {exact: y}}, port: 80, name: n, "
      "ignoreUriCase: null}]}],"
      "tls: [{match: [{sniHosts: [b]}], route: [{destination: {host: t.global}}]}],"
      "tcp: [{route: [{destination: {host: c.global, port: {number: 1}}}]}]}");
  CHECK(service.hosts == std::vector<std::string>{"b.bar.svc.cluster.local", "*"});
  CHECK_FALSE(service.is_for_sidecars());
  CHECK(service.export_to == std::vector<std::string>{"."});
  REQUIRE(service.http.size() == 5);
  CHECK(service.http[0].name == "one");
  CHECK(service.http[0].delegate == VirtualService::Delegate{"bar", "d"});
  CHECK(service.http[1].delegate == VirtualService::Delegate{"foo", "d"});
  CHECK(service.http[2].redirect);
  CHECK(service.http[3].direct_response);
  CHECK(service.http[4].to == std::vector<To>{{"/spec/http/4/route/0", {"b.bar.svc.cluster.local", {}, "v1"}, -1}});
  CHECK(service.http[4].mirrors == std::vector<To>{{"/spec/http/4/mirror", {"m.global", {}, ""}, {}},
                                                   {"/spec/http/4/mirrors/0", {"n.global", {}, ""}, {}}});
  CHECK(service.http[4].retries == VirtualService::Retries{2, "", {}, false});
  CHECK_FALSE(service.http[4].timeout.has_value());
  CHECK(service.http[4].matches == std::vector<Match>{{Match::Uri::kAny, "", 80, {"headers"}}});
  CHECK(service.tls[0].to == std::vector<To>{{"/spec/tls/0/route/0", {"t.global", {}, ""}, {}}});
  CHECK(service.tcp[0].to == std::vector<To>{{"/spec/tcp/0/route/0", {"c.global", 1, ""}, {}}});
}

TEST_CASE("what is sent again") {
  const VirtualService service = parsed(
      "{http: [{timeout: 2h, retries: {attempts: 3, retryOn: 'connect-failure,503', perTryTimeout: 0.5s, "
      "retryRemoteLocalities: true, retryIgnorePreviousHosts: null}}, {retries: {}}, {}]}");
  REQUIRE(service.http.size() == 3);
  CHECK(service.http[0].timeout == std::chrono::hours(2));
  CHECK(service.http[0].retries == VirtualService::Retries{.attempts = 3,
                                                           .retry_on = "connect-failure,503",
                                                           .per_try_timeout = std::chrono::milliseconds(500),
                                                           .remote_localities = true});
  CHECK(service.http[1].retries == VirtualService::Retries{});
  CHECK_FALSE(service.http[2].retries.has_value());
}

TEST_CASE("which routes take every request") {
  struct Case {
    const char* match;
    bool expected;
  };
  for (const Case& c : std::vector<Case>{{"[]", true},
                                         {"null", true},
                                         {"[{}]", true},
                                         {"[{uri: {prefix: /}}]", true},
                                         {"[{uri: {prefix: /a}}, {uri: {prefix: /}}]", true},
                                         {"[{uri: {exact: /}}]", false},
                                         {"[{uri: {prefix: /a}}]", false},
                                         {"[{port: 80}]", false},
                                         {"[{uri: {prefix: /}, method: {exact: GET}}]", false}}) {
    CAPTURE(c.match);
    CHECK(parsed(std::string("{http: [{match: ") + c.match + "}]}").http.at(0).is_catch_all() == c.expected);
  }
}

TEST_CASE("what is no VirtualService") {
  for (const WrongSpec& c : std::vector<WrongSpec>{
           {"1", "spec: found 1, expected a mapping"},
           {"{hosts: a}", "spec.hosts: found \"a\", expected a list"},
           {"{hosts: [{}]}", "spec.hosts[0]: found a mapping, expected a text"},
           {"{http: [1]}", "spec.http[0]: found 1, expected a mapping"},
           {"{http: [{match: [{uri: /a}]}]}", "spec.http[0].match[0].uri: found \"/a\", expected a mapping"},
           {"{http: [{route: [{}]}]}", "spec.http[0].route[0].destination.host: expected a host name"},
           {"{http: [{route: [{destination: {host: a, port: 80}}]}]}",
            "spec.http[0].route[0].destination.port: found 80, expected a mapping"},
           {"{http: [{route: [{destination: {host: a, port: {number: 65536}}}]}]}",
            "spec.http[0].route[0].destination.port.number: found 65536, expected a number from 1 to 65535"},
           {"{http: [{route: [{destination: {host: a}, weight: '50'}]}]}",
            "spec.http[0].route[0].weight: found \"50\", expected a number from -2147483648 to 2147483647"},
           {"{http: [{route: [{destination: {host: a}, weight: 18446744073709551615}]}]}",
            "spec.http[0].route[0].weight: found 18446744073709551615"},
           {"{http: [{route: [{destination: {host: a}, weight: 0.5}]}]}", "spec.http[0].route[0].weight: found 0.5"},
           {"{http: [{timeout: 1}]}", "spec.http[0].timeout: found 1, expected a text"},
           {"{http: [{retries: true}]}", "spec.http[0].retries: found true, expected a mapping"},
           {"{http: [{retries: {perTryTimeout: 1}}]}", "spec.http[0].retries.perTryTimeout: found 1, expected a text"},
           {"{http: [{retries: {retryRemoteLocalities: 'yes'}}]}",
            "spec.http[0].retries.retryRemoteLocalities: found \"yes\", expected true or false"}}) {
    CAPTURE(c.spec);
    const auto service = parse_virtual_service(object_json(c.spec));
    REQUIRE_FALSE(service);
    CHECK_MESSAGE(service.error().starts_with(c.expected), service.error());
  }
}

TEST_CASE("what is no object of any kind") {
  for (const WrongSpec& c :
       std::vector<WrongSpec>{{"", "the object: expected a JSON object"},
                              {"[]", "the object: expected a JSON object"},
                              {"{", "the object: expected a JSON object"},
                              {"{}", "metadata.name: expected 1 to 253"},
                              {R"({"metadata": {"name": "a/b"}})", "metadata.name: found \"a/b\", expected 1 to 253"},
                              {R"({"metadata": {"name": "a", "namespace": "\u001b"}})", "metadata.namespace: found"},
                              {R"({"metadata": {"name": ["a"]}})", "metadata.name: found a list, expected a text"}}) {
    CAPTURE(c.spec);
    const auto service = parse_virtual_service(c.spec);
    REQUIRE_FALSE(service);
    CHECK_MESSAGE(service.error().starts_with(c.expected), service.error());
  }
  CHECK_FALSE(parse_virtual_service(std::string(kMaxObject + 1, ' ')));
  std::string many = R"({"metadata": {"name": "a"}, "spec": {"hosts": [)";
  for (size_t i = 0; i < kMaxFieldItems; ++i) many += R"("a",)";
  const auto service = parse_virtual_service(many + R"("a"]}})");
  REQUIRE_FALSE(service);
  CHECK(service.error() == "spec.hosts: found 4097 items, expected at most 4096");
}

TEST_CASE("the namespace of an object that says none") {
  const std::string json = R"({"metadata": {"name": "a", "creationTimestamp": "1970-01-01T00:01:00Z"}})";
  CHECK(parse_virtual_service(json)->object() == "VirtualService default/a");
  CHECK(parse_virtual_service(json, "foo")->object() == "VirtualService foo/a");
  CHECK(parse_virtual_service(json)->created == 60);
}

TEST_CASE("fields as people write them") {
  CHECK(field_path("/spec/http/0/route/1") == "spec.http[0].route[1]");
  CHECK(field_path("/metadata/labels/a~1b~0c") == "metadata.labels.a/b~c");
  CHECK(field_path("").empty());
}

}  // namespace
}  // namespace meshdns
