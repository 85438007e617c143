#include "k8s/mesh/locality_mode.h"

#include <algorithm>

namespace meshdns {
namespace {

constexpr int64_t kDefaultEjectionPercent = 10;
constexpr int64_t kDefaultServerErrors = 5;
constexpr size_t kAll = 100;

/// Takes the first part of "region/zone/subzone"; empty where nothing is left.
std::string_view take_part(std::string_view& locality) {
  const std::string_view part = locality.substr(0, locality.find('/'));
  locality.remove_prefix(std::min(part.size() + 1, locality.size()));
  return part;
}

}  // namespace

std::string_view text(LocalityMode mode) {
  switch (mode) {
    case LocalityMode::kFailover:
      return "failover";
    case LocalityMode::kDistribute:
      return "distribute";
    case LocalityMode::kNone:
      break;
  }
  return "none";
}

LocalityMode locality_mode(const DestinationRule::Settings* settings) {
  if (settings == nullptr) return LocalityMode::kNone;
  const auto& setting = settings->locality_lb;
  if (setting && !setting->enabled) return LocalityMode::kNone;
  if (setting && !setting->distribute.empty()) return LocalityMode::kDistribute;
  return settings->outlier_detection ? LocalityMode::kFailover : LocalityMode::kNone;
}

bool ejects(const DestinationRule::OutlierDetection& detection) {
  return detection.gateway_errors.value_or(0) > 0 || detection.server_errors.value_or(kDefaultServerErrors) > 0 ||
         detection.split_local_errors;
}

size_t most_ejected(const DestinationRule::OutlierDetection& detection, size_t endpoints) {
  const int64_t said = detection.max_ejection_percent.value_or(0);
  const auto percent = static_cast<size_t>(said > 0 ? said : kDefaultEjectionPercent);
  return endpoints * std::min(percent, kAll) / kAll;
}

bool matches_locality(std::string_view locality, std::string_view pattern) {
  do {
    const std::string_view wanted = take_part(pattern);
    const std::string_view part = take_part(locality);
    if (wanted != "*" && wanted != part) return false;
  } while (!pattern.empty());
  return true;
}

std::map<std::string, size_t> localities_of(const MeshEntry& entry) {
  std::map<std::string, size_t> found;
  for (const MeshEntry::Endpoint& endpoint : entry.endpoints) {
    if (!endpoint.locality.empty()) ++found[endpoint.locality];
  }
  return found;
}

}  // namespace meshdns
