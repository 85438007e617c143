#include "k8s/mesh/route_weights.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "k8s/mesh/route_choice.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

constexpr int64_t kOldSum = 100;
constexpr int64_t kMostSum = std::numeric_limits<uint32_t>::max();  // of Envoy's weighted clusters

/// The new weight of each destination; nothing: it stays.
Result<std::vector<std::optional<int64_t>>> new_weights(const VirtualService& service,
                                                        const VirtualService::HttpRoute& route,
                                                        const std::vector<WeightedDestination>& wanted) {
  std::vector<std::optional<int64_t>> weights(route.to.size());
  for (const WeightedDestination& each : wanted) {
    const Destination destination = in_full(each.destination, service.name_space);
    const auto index = destination_in(service, route, destination);
    if (!index) return Error{index.error()};
    if (weights[*index]) return Error{"found " + destination.text() + " twice, expected one weight for it"};
    weights[*index] = each.weight;
  }
  return weights;
}

}  // namespace

std::optional<Error> check_weights(const std::vector<int64_t>& weights, const std::optional<IstioVersion>& version) {
  if (weights.size() < 2) return std::nullopt;
  const auto sum = std::accumulate(weights.begin(), weights.end(), int64_t{0});
  const std::string found = "the weights sum to " + std::to_string(sum);
  if (sum == 0) return Error{found + ": no destination would get a request; give at least one of them a weight"};
  if (sum > kMostSum)
    return Error{found + ", which is more than the " + std::to_string(kMostSum) + " that sidecars take"};
  if (version && version->demands_100() && sum != kOldSum) {
    return Error{found + ", and Istio " + version->text() +
                 " of this cluster demands exactly 100; from 1.15 on any sum is right"};
  }
  return std::nullopt;
}

Result<RouteChange> change_weights(std::string_view json, const VirtualService& service, size_t route_index,
                                   const std::vector<WeightedDestination>& wanted,
                                   const std::optional<IstioVersion>& version) {
  const VirtualService::HttpRoute& route = service.http[route_index];
  const auto weights = new_weights(service, route, wanted);
  if (!weights) return Error{weights.error()};
  const Json object = Json::parse(json);
  Json patch = Json::array();
  std::vector<int64_t> all;
  std::vector<std::string> asked;
  for (size_t i = 0; i < route.to.size(); ++i) {
    const auto& [pointer, destination, now] = route.to[i];
    const auto& then = (*weights)[i];
    all.push_back(then.value_or(now.value_or(0)));
    if (then.value_or(0) > 0) asked.push_back(pointer);
    if (!then || then == now) continue;
    const std::string tested = pointer + "/destination";
    patch.push_back({{"op", "test"}, {"path", tested}, {"value", object.at(Json::json_pointer(tested))}});
    patch.push_back({{"op", now ? "replace" : "add"}, {"path", pointer + "/weight"}, {"value", *then}});
  }
  if (const auto error = check_weights(all, version)) return Error{named(service, route) + ": " + error->message};
  return RouteChange{patch.dump(), object.patch(patch).dump(), route.pointer, std::move(asked)};
}

}  // namespace meshdns
