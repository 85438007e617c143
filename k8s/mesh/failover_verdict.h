#pragma once

// Whether requests survived what was done to their servers. Pure functions.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "k8s/mesh/failover_timeline.h"
#include "k8s/mesh/route_verdict.h"

namespace meshdns {

/// What became of the requests.
struct FailoverRequests {
  uint64_t planned = 0;
  uint64_t sent = 0;  // but for those that were given up
  uint64_t given_up = 0;
  uint64_t lost = 0;  // no whole response, or a status of 500 and above
  Tally losses;       // by their reason
  Tally statuses;
  Span lost_between;  // when the first and the last were known to be
  bool interrupted = false;
  std::chrono::milliseconds slowest{0};

  uint64_t answered() const { return sent - lost; }
};

struct FailoverVerdict {
  VerdictState state = VerdictState::kPassed;
  std::vector<std::string> reasons;  // a phrase each, in the order of their weight
};

FailoverVerdict failover_verdict(const FailoverTimeline& timeline, const FailoverRequests& requests);

/// "5.13 s", of 5.121 s: what is said to have happened by then had.
std::string seconds_text(std::chrono::milliseconds time);

/// As people call it: printable, and never empty.
std::string locality_text(const std::string& locality);

/// "region2 (98.0%), region3 (2.0%)": who answered.
std::string answered_by(const FailoverTimeline& timeline, const std::vector<uint64_t>& answers);

}  // namespace meshdns
