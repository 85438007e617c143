#pragma once

// What became of the requests of `failover verify`, counted as they end.

#include <chrono>

#include "k8s/mesh/failover_verdict.h"

namespace meshdns {

struct PacedAnswer;

/// A request is lost where there is no whole response, or its status is 500 or above; other statuses are answers of the server's.
void take(const PacedAnswer& answer, std::chrono::steady_clock::time_point start, FailoverRequests& requests);

}  // namespace meshdns
