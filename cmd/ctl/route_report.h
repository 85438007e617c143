#pragma once

// What route verify found, as JSON and as people read it.
//
//   {passed, verdict: "passed"|"failed"|"inconclusive", reasons: […], url, countedBy, weightsFrom, planned, sent, failed, unidentified, excess,
//    statuses: {}, failures: {}, others: {}, destinations: [{destination, weight, expected, got, share}],
//    chiSquared: {statistic, degreesOfFreedom, p} or null}

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "k8s/mesh/route_verdict.h"

namespace meshdns {

struct RouteReport {
  std::string url;
  std::string weights_from;
  std::string counted_by;
  std::vector<RouteShare> shares;
  RouteSample sample;
  Tally statuses;
  RouteVerdict verdict;
};

nlohmann::ordered_json route_report(const RouteReport& report);

std::string route_report_text(const RouteReport& report);

/// "failed: 3 of 1000 requests failed: …"
std::string verdict_line(const RouteVerdict& verdict);

}  // namespace meshdns
