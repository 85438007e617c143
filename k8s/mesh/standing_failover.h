#pragma once

// How the hosts of a mesh fail over as its objects stand, for people and programs: one for each host and port whose endpoints are in several
// localities, or whose rule has a localityLbSetting.
//
// Pure functions. The sizes and times are those that are written; what is not is Istio's default.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "k8s/mesh/destination_rule.h"
#include "k8s/mesh/lint_mesh.h"
#include "k8s/mesh/locality_mode.h"
#include "k8s/mesh/virtual_service.h"

namespace meshdns {

struct StandingFailover {
  struct Endpoint {
    std::string address;
    std::string locality;  // empty: its entry says none
    std::vector<std::pair<std::string, int64_t>>
        shares;  // of its locality, by the clients' locality; none without distribute
    bool operator==(const Endpoint&) const = default;
  };

  /// An http route that sends to the host and port.
  struct Route {
    std::string service;  // "bar/a"
    std::string field;    // "spec.http[0]"
    std::optional<VirtualService::Retries> retries;
    std::optional<std::chrono::milliseconds> timeout;
    bool operator==(const Route&) const = default;
  };

  std::string host;
  uint16_t port = 0;     // 0: the entry has none
  std::string protocol;  // "HTTP"
  ObjectIdentity entry;
  std::string rule;  // "bar/a"; empty: none is for the host
  LocalityMode mode = LocalityMode::kNone;
  std::vector<Endpoint> endpoints;
  std::optional<DestinationRule::OutlierDetection> detection;
  std::optional<std::chrono::milliseconds> connect_timeout;
  std::vector<Route> routes;
  std::vector<std::string> losses;  // clauses
};

std::vector<StandingFailover> standing_failovers(const LintMesh& mesh);

}  // namespace meshdns
