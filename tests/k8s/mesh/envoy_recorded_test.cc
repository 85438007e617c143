// What the sidecar of a pod says whose istiod is real: Envoy 1.40, Istio of August 2026. The tutorial's route has 50/25/25; then serverservice01
// has a DestinationRule with consistentHash; then there is a route for a header before it.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "k8s/mesh/envoy_clusters.h"
#include "k8s/mesh/envoy_routes.h"

namespace meshdns {
namespace {

std::string recorded(const std::string& name) {
  std::ifstream file(std::filesystem::path(MESHDNS_MESH_ENVOY) / name, std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::vector<EnvoyRoute::Cluster> kTutorial = {{"outbound|8000||serverservice04.bar.global", 50},
                                                    {"outbound|8000||serverservice01.bar.svc.cluster.local", 25},
                                                    {"outbound|8000||serverservice02.bar.svc.cluster.local", 25}};

TEST_CASE("the route of a URL, by each name of its host") {
  for (const char* host : {"service01.bar.svc.cluster.local", "service01.bar", "service01.bar.svc", "10.96.1.1"}) {
    CAPTURE(host);
    const auto route =
        find_envoy_route(recorded("routes.json"), *parse_web_url(std::string("http://") + host + "/headers?x=y"));
    REQUIRE_MESSAGE(route, route.error());
    REQUIRE(*route);
    CHECK(**route == EnvoyRoute{"route /headers of service01.bar.svc.cluster.local:80 (VirtualService bar/service01)",
                                kTutorial, ""});
  }
  for (const char* url : {"http://service01/headers", "http://service01.bar:8000/headers", "http://example.org/"}) {
    CAPTURE(url);
    const auto route = find_envoy_route(recorded("routes.json"), *parse_web_url(url));
    CHECK((route && !*route));
  }
  const auto other = find_envoy_route(recorded("routes.json"), *parse_web_url("http://service01.bar/get"));
  CHECK(other.error() ==
        "the sidecar has no route of service01.bar.svc.cluster.local:80 that takes /get, and answers 404 itself");
}

TEST_CASE("consistent hashing, in the route and in the cluster") {
  const auto route = find_envoy_route(recorded("routes-hashed.json"), *parse_web_url("http://service01.bar/headers"));
  REQUIRE((route && *route));
  CHECK((*route)->hashed == "hash policy on header x");
  CHECK((*route)->clusters == kTutorial);
  std::vector<std::string> names;
  for (const auto& cluster : kTutorial) names.push_back(cluster.name);
  CHECK(hashing_clusters(recorded("clusters-hashed.json"), names) == std::vector{kTutorial[1].name});
}

TEST_CASE("a route for others comes first, and a weight of 0 is not in the route at all") {
  const auto route =
      find_envoy_route(recorded("routes-by-header.json"), *parse_web_url("http://service01.bar/headers"));
  REQUIRE((route && *route));
  CHECK((*route)->clusters == std::vector(kTutorial.begin(), kTutorial.begin() + 2));
}

TEST_CASE("the counts") {
  const auto counts = parse_endpoint_counts(recorded("clusters.txt"));
  REQUIRE_MESSAGE(counts, counts.error());
  CHECK(counts->at("outbound|8000||serverservice04.bar.global") ==
        EndpointCounts::mapped_type{{"172.25.55.50:15443", 0}});
  CHECK(counts->at("outbound|80||service01.bar.svc.cluster.local").size() == 2);
  CHECK(counts->at("sds-grpc") == EndpointCounts::mapped_type{{"./var/run/secrets/workload-spiffe-uds/socket", 2}});
  for (const auto& cluster : kTutorial) CHECK(counts->contains(cluster.name));
}

}  // namespace
}  // namespace meshdns
