#pragma once

// Who answered which of the requests to a route: counted as the answers come, or by how much a sidecar's counts grow meanwhile.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "k8s/mesh/answerer.h"
#include "k8s/mesh/envoy_clusters.h"
#include "k8s/mesh/route_verdict.h"

namespace meshdns {

struct PacedAnswer;

struct RouteTally {
  RouteSample sample;
  Tally statuses;
};

/// An answer has failed where there is no whole one, or its status is 500 or above: a sidecar that finds no server answers 503. Other statuses
/// are answers of the server's. `by`: null where the sidecar counts.
void take(const PacedAnswer& answer, const std::vector<RouteShare>& shares, const Answerer* by, RouteTally& tally);

/// After the last answer. `clusters`: of each share; `given_up`: requests that may have been counted, beside those of the sample.
void take(CountGrowth growth, const std::vector<std::string>& clusters, uint64_t given_up, RouteSample& sample);

}  // namespace meshdns
