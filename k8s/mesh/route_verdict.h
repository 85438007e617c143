#pragma once

// Whether the requests to a route went where its weights say. Pure functions.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/chi_squared.h"
#include "k8s/mesh/verdict_state.h"

namespace meshdns {

/// How often a sample of a route that keeps its weights is taken for one that does not.
inline constexpr double kFalseAlarms = 0.001;

struct RouteShare {
  std::string destination;  // as people name it: DEST, or what its servers say of themselves
  int64_t weight = 0;

  bool operator==(const RouteShare&) const = default;
};

using Tally = std::map<std::string, uint64_t>;

/// What became of the requests. Each that was sent has failed, is in `got`, or is unidentified; where a sidecar counts, those that have failed are in
/// `got`, too, if they have come to a destination.
struct RouteSample {
  uint64_t planned = 0;
  uint64_t sent = 0;           // but for those that were given up
  uint64_t failed = 0;         // no whole response, or a status of 500 and above
  Tally failures;              // by their reason
  std::vector<uint64_t> got;   // by each destination
  uint64_t unidentified = 0;   // answered, nobody knows by whom
  Tally others;                // who else answered
  uint64_t excess = 0;         // counted by a sidecar beyond those that were sent
  bool hosts_changed = false;  // while the sidecar counted
};

struct RouteVerdict {
  using State = VerdictState;

  State state = State::kPassed;
  std::vector<std::string> reasons;  // a phrase each, in the order of their weight
  std::optional<ChiSquared> test;    // nothing: too few were answered
};

RouteVerdict route_verdict(const std::vector<RouteShare>& shares, const RouteSample& sample);

/// The share that `value`, said by a server, names: its destination, its host, or that host's first label; nothing where that is none, or several.
std::optional<size_t> named_share(const std::vector<RouteShare>& shares, std::string_view value);

/// The weights alone.
std::vector<int64_t> weights_of(const std::vector<RouteShare>& shares);

/// "503 (10), Connection refused (2)": the most frequent first, three of them, printable.
std::string most_frequent(const Tally& tally);

}  // namespace meshdns
