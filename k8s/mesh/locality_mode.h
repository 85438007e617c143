#pragma once

// What a DestinationRule's settings make of endpoints that are in several localities: where requests go, and whether they move when those of
// one locality are dead. Pure functions.
//
// Source: https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/; Envoy's outlier detection

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "k8s/mesh/destination_rule.h"
#include "k8s/mesh/mesh_entry.h"

namespace meshdns {

enum class LocalityMode : uint8_t {
  kNone,        // all endpoints alike
  kFailover,    // the client's own locality first
  kDistribute,  // by shares
};
std::string_view text(LocalityMode mode);  // "failover"

/// Null: no rule is for the host.
LocalityMode locality_mode(const DestinationRule::Settings* settings);

/// Whether there are errors that eject an endpoint.
bool ejects(const DestinationRule::OutlierDetection& detection);

/// How many of that many may be ejected at once: Envoy ejects none that would be more than maxEjectionPercent of them.
size_t most_ejected(const DestinationRule::OutlierDetection& detection, size_t endpoints);

/// Whether localityLbSetting means it with `pattern`: "region1", "region1/*", "*".
bool matches_locality(std::string_view locality, std::string_view pattern);

/// How many endpoints are in each; those apart that say none.
std::map<std::string, size_t> localities_of(const MeshEntry& entry);

}  // namespace meshdns
