#pragma once

// What share of a URL's requests each destination is to get, and which of the sidecar's clusters stands for it.
//
// Every function may end the command (stop.h).

#include <cstdint>
#include <string>
#include <vector>

#include "cmd/ctl/cluster.h"
#include "k8s/api/url.h"
#include "k8s/mesh/envoy_clusters.h"
#include "k8s/mesh/envoy_routes.h"
#include "k8s/mesh/route_verdict.h"

namespace meshdns {

struct RouteExpectation {
  std::vector<RouteShare> shares;
  std::string source;    // whose weights they are: "--expect", "the sidecar's route …"
  std::string hashed{};  // what decides in place of chance; empty: nothing that is known
};

/// Of --expect. `said`: the destinations are what servers say of themselves, and may be any text; else DEST.
RouteExpectation expected_by_flags(const std::vector<std::string>& texts, bool said);

/// Of a sidecar's route. `clusters` gets that of each share.
RouteExpectation expected_by_sidecar(const EnvoyRoute& route, std::vector<std::string>& clusters);

/// Of the cluster's objects. `name_space`: of the clients; empty: the context's. Stops where they do not tell.
RouteExpectation expected_by_api(const ClusterFlags& flags, const std::string& name_space, const WebUrl& url);

/// Stops with kUsage where so many requests are too few to tell.
void require_count(const RouteExpectation& expectation, uint64_t count);

/// Of each share the cluster of `counts` that its destination means. Stops with kRefused where there is none, several hosts or ports fit, or
/// two destinations are one.
std::vector<std::string> clusters_of(const RouteExpectation& expectation, const EndpointCounts& counts,
                                     const WebUrl& url);

}  // namespace meshdns
