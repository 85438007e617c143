#include "k8s/mesh/route_judgement.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "k8s/istio/manifest.h"

namespace meshdns {
namespace {

const std::string kObjects = R"(
{apiVersion: v1, kind: Service, metadata: {name: a, namespace: bar}, spec: {ports: [{port: 80, name: http}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: x, namespace: bar}, spec: {ports: [{port: 80, name: http}]}}
---
{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: c, namespace: bar},
 spec: {hosts: [c.bar.global], ports: [{number: 8000, name: http, protocol: HTTP}], resolution: STATIC, endpoints: [{address: 10.0.0.1}]}}
)";

LintMesh mesh_of(const std::string& yaml, bool live) {
  LintMesh mesh(live);
  const auto objects = parse_manifest(yaml, "f.yaml");
  REQUIRE_MESSAGE(objects, objects.error());
  for (const ManifestObject& object : *objects) mesh.add(object, "bar");
  mesh.index();
  return mesh;
}

/// The route is the second one; its first destination is what the command is about.
RouteJudgement judged(const std::string& objects, bool live, const std::string& route, bool any_sum = false) {
  const std::string service =
      "---\n{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: x, namespace: bar}, "
      "spec: {hosts: [x], http: [{match: [{uri: {prefix: /a}}], route: [{destination: {host: wrong}}]}, {route: [" +
      route + "]}]}}\n";
  const ObjectIdentity object{"VirtualService", "bar", "x", 0, ""};
  return judge_route(mesh_of(objects + service, live), {object, "/spec/http/1", {"/spec/http/1/route/0"}, any_sum});
}

TEST_CASE("what is wrong with a route, and what there is to say") {
  struct Case {
    const char* route;
    std::vector<std::string> wrong;  // their beginnings
    std::vector<std::string> notes;
  };
  const std::string unknown = "no ServiceEntry or Service declares ";
  for (const Case& c : std::vector<Case>{
           {"{destination: {host: a}}", {}, {}},
           {"{destination: {host: d}}", {"spec.http[1].route[0]: " + unknown + "d.bar.svc.cluster.local"}, {}},
           {"{destination: {host: a}, weight: 100}, {destination: {host: d}, weight: 0}",
            {},
            {"spec.http[1].route[1]: " + unknown}},
           {"{destination: {host: c.bar.global, port: {number: 80}}}",
            {"spec.http[1].route[0].destination.port: found port 80"},
            {}},
           {"{destination: {host: a, subset: v1}}", {"spec.http[1].route[0]: no DestinationRule is for a."}, {}},
           {"{destination: {host: a}, weight: 1}, {destination: {host: x}, weight: 1}",
            {},
            {"spec.http[1]: the weights sum to 2"}},
           {"{destination: {host: a}, weight: 50}, {destination: {host: c.bar.global}, weight: 50}",
            {},
            {"spec.http[1]: weights do not fail over"}}}) {
    CAPTURE(c.route);
    const RouteJudgement judgement = judged(kObjects, true, c.route);
    REQUIRE(judgement.wrong.size() == c.wrong.size());
    for (size_t i = 0; i < c.wrong.size(); ++i)
      CHECK_MESSAGE(judgement.wrong[i].starts_with(c.wrong[i]), judgement.wrong[i]);
    REQUIRE(judgement.notes.size() == c.notes.size());
    for (size_t i = 0; i < c.notes.size(); ++i)
      CHECK_MESSAGE(judgement.notes[i].starts_with(c.notes[i]), judgement.notes[i]);
  }
}

TEST_CASE("what files say nothing about, and what Istio takes") {
  const char* unknown = "{destination: {host: d.bar.global}}";
  CHECK(judged(kObjects, false, unknown).wrong.size() == 1);
  CHECK(judged("", false, unknown).wrong.empty());
  CHECK(judged(kObjects, false, "{destination: {host: d}}").wrong.empty());
  CHECK(judged(kObjects, true, "{destination: {host: a}, weight: 1}, {destination: {host: x}, weight: 1}", true)
            .notes.empty());
}

}  // namespace
}  // namespace meshdns
