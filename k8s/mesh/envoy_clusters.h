#pragma once

// How many requests a sidecar has sent to each endpoint, as its admin endpoint /clusters says in text, and Istio's names of clusters.
//
// Source: https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--clusters

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "k8s/mesh/destination.h"
#include "zone/result.h"

namespace meshdns {

/// rq_total by cluster and endpoint. Envoy counts what its TCP proxy connects, too; a retry counts once more.
using EndpointCounts = std::map<std::string, std::map<std::string, uint64_t>>;

/// The error: there is no line of an endpoint or a cluster.
Result<EndpointCounts> parse_endpoint_counts(std::string_view text);

struct CountGrowth {
  std::map<std::string, uint64_t> by_cluster;  // of each cluster of `after`
  bool endpoints_changed = false;              // one of them is gone, or counts anew: what it counted last is not known
};

CountGrowth count_growth(const EndpointCounts& before, const EndpointCounts& after);

/// The destination that Istio's cluster outbound|PORT|SUBSET|HOST is for; nothing for other clusters.
std::optional<Destination> outbound_destination(std::string_view cluster);

/// Whether a cluster for `cluster` takes what goes to `wanted`: a host of a Service may be short, and without a port each is meant.
bool is_for(const Destination& cluster, const Destination& wanted);

}  // namespace meshdns
