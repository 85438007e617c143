#pragma once

// What failover verify found, as JSON and as people read it. Times are seconds since the first request; `after` and `by` are the samples between which
// something happened.
//
//   {passed, verdict: "passed"|"failed"|"inconclusive", reasons: […], url, during, countedBy, route,
//    requests: {planned, sent, answered, lost, slowest, lostFrom, lostTo, losses: {}, statuses: {}},
//    attempts: {ended, failed, besideRequests},
//    samples: {count, longestInterval},
//    localities: [{locality, atFirst, since, attempts, failed,
//                  endpoints: [{cluster, address, atFirst, since, attempts, failed, out: [{why: "ejected"|"gone", from: {after, by}, to}]}]}],
//    moves: [{locality, began: {after, by}, moved, back, timeToMove, away, failed, answeredBy: {}}]}
//
// `moved`, `back`, `to`, `lostFrom` and what is computed from them are null where they were not seen. `timeToMove` and `away` are at most so long.

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "k8s/mesh/failover_timeline.h"
#include "k8s/mesh/failover_verdict.h"

namespace meshdns {

struct FailoverReport {
  std::string url;
  std::string during;
  std::string route;
  std::string counted_by;
  std::vector<FailoverEndpoint> endpoints;
  uint64_t samples = 0;
  FailoverTimeline timeline;
  FailoverRequests requests;
  FailoverVerdict verdict;
};

nlohmann::ordered_json failover_report(const FailoverReport& report);

std::string failover_report_text(const FailoverReport& report);

/// "failed: 3 of 6000 requests were lost, …"
std::string verdict_line(const FailoverReport& report);

}  // namespace meshdns
