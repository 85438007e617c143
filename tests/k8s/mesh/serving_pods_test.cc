#include "k8s/mesh/serving_pods.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("what slices say of a Service's pods") {
  ServingPods pods;
  CHECK_FALSE(add_slice(R"({"ports":[{"name":"http","port":80},{"port":90},{"name":"any"}],"endpoints":[
      {"addresses":["10.0.0.1"],"nodeName":"n1","targetRef":{"kind":"Pod","namespace":"bar","name":"a-1"}},
      {"addresses":["10.0.0.2"],"targetRef":{"kind":"WorkloadEntry","name":"vm"}},
      {"addresses":["10.0.0.3"]}]})",
                        pods));
  CHECK_FALSE(add_slice(R"({"ports":[{"name":"http","port":81}],"endpoints":[
      {"addresses":["fd00::1"],"nodeName":"n2","targetRef":{"kind":"Pod","name":"a-2"}}]})",
                        pods));
  CHECK_FALSE(add_slice(R"({"ports":null,"endpoints":null})", pods));
  CHECK(pods.names == std::set<std::string>{"a-1", "a-2"});
  CHECK(pods.nodes == std::set<std::string>{"n1", "n2"});
  CHECK(pods.ports == std::map<std::string, uint16_t>{{"", 90}, {"http", 80}});
  for (const char* wrong :
       {"[]", R"({"endpoints":7})", R"({"endpoints":[{"nodeName":[]}]})", R"({"ports":[{"port":70000}]})"}) {
    CAPTURE(wrong);
    CHECK(add_slice(wrong, pods));
  }
}

TEST_CASE("which pods have a sidecar") {
  struct Case {
    const char* pod;
    bool has;
  };
  for (
      const Case& c : std::vector<Case>{
          {R"({"spec":{"containers":[{"name":"main"}]}})", false},
          {R"({"spec":{"containers":[{"name":"main"},{"name":"istio-proxy"}]}})", true},
          {R"({"spec":{"containers":[{"name":"main"}],"initContainers":[{"name":"istio-proxy","restartPolicy":"Always"}]}})",
           true},
          {R"({"spec":{"containers":[{"name":"main"}],"initContainers":[{"name":"istio-init"}]}})", false},
          {R"({"metadata":{"labels":{"security.istio.io/tlsMode":"istio"}}})", true},
          {R"({"metadata":{"labels":{"security.istio.io/tlsMode":"disabled"}}})", false}}) {
    CAPTURE(c.pod);
    const auto found = has_sidecar(c.pod);
    REQUIRE_MESSAGE(found, found.error());
    CHECK(*found == c.has);
  }
  CHECK_FALSE(has_sidecar(R"({"spec":{"containers":[7]}})"));
}

}  // namespace
}  // namespace meshdns
