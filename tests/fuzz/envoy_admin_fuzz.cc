// Input: what stands at a sidecar's admin endpoints, as text of /clusters and as JSON of /config_dump. Whatever it says, what is made of it is
// bounded and printable.

#include "k8s/mesh/envoy_clusters.h"
#include "k8s/mesh/envoy_routes.h"
#include "tests/fuzz/check.h"

namespace meshdns::fuzz {
namespace {

void require_printable(const std::string& text) {
  for (const char c : text) require(c >= ' ' && c < 0x7f, "printable text");
}

void read_counts(const std::string& text) {
  const auto counts = parse_endpoint_counts(text);
  if (!counts) return require_printable(counts.error());
  const CountGrowth none = count_growth(*counts, *counts);
  for (const auto& [cluster, grown] : none.by_cluster) require(grown == 0, "no growth");
  require(!none.endpoints_changed, "no change");
  for (const auto& [cluster, endpoints] : *counts) {
    const auto destination = outbound_destination(cluster);
    if (!destination) continue;
    require(is_for(*destination, *destination), "a destination that is its own");
    require(*parse_destination(destination->text()) == *destination, "a destination that can be written");
  }
}

void read_routes(const std::string& text) {
  for (const char* url : {"http://a.bar.global:8000/headers?v=2", "http://service01.bar/headers", "http://a/"}) {
    const auto route = find_envoy_route(text, *parse_web_url(url));
    if (!route) require_printable(route.error());
    if (!route || !*route) continue;
    require_printable((*route)->name);
    require_printable((*route)->hashed);
    int64_t sum = 0;
    std::vector<std::string> names;
    for (const auto& cluster : (*route)->clusters) {
      require(cluster.weight >= 0 && !cluster.name.empty(), "a cluster with a weight");
      sum += cluster.weight;
      names.push_back(cluster.name);
    }
    require(sum > 0, "somewhere to go");
    (void)hashing_clusters(text, names);
  }
}

}  // namespace
}  // namespace meshdns::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  meshdns::fuzz::read_counts(text);
  meshdns::fuzz::read_routes(text);
  return 0;
}
