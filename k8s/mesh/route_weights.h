#pragma once

// New weights for a route: the JSON Patch that gives them, and nothing else.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/destination.h"
#include "k8s/mesh/istio_version.h"
#include "k8s/mesh/virtual_service.h"
#include "zone/result.h"

namespace meshdns {

/// A change of a VirtualService. JSON texts.
struct RouteChange {
  std::string patch;               // RFC 6902; [] where nothing changes
  std::string after;               // the whole object
  std::string route;               // JSON Pointer of the route that it is about
  std::vector<std::string> asked;  // of the fields that the command is about: destinations that are to get requests
};

/// What may be wrong with the weights of several destinations: they sum to 0, or to more than Envoy takes, or to something else than 100
/// where that Istio demands it. Nothing: they are right, as a single destination's are.
std::optional<Error> check_weights(const std::vector<int64_t>& weights, const std::optional<IstioVersion>& version);

/// The patch tests each destination and gives it its weight; those that are not named keep theirs. `json`: what `service` was read from.
Result<RouteChange> change_weights(std::string_view json, const VirtualService& service, size_t route,
                                   const std::vector<WeightedDestination>& wanted,
                                   const std::optional<IstioVersion>& version);

}  // namespace meshdns
