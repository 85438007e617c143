#include "cmd/ctl/failover_tally.h"

#include <algorithm>

#include "cmd/ctl/paced_requests.h"

namespace meshdns {
namespace {

constexpr int kServerError = 500;

}  // namespace

void take(const PacedAnswer& answer, std::chrono::steady_clock::time_point start, FailoverRequests& requests) {
  using std::chrono::milliseconds;
  ++requests.sent;
  if (answer.status != 0) ++requests.statuses[std::to_string(answer.status)];
  const auto took = std::chrono::ceil<milliseconds>(answer.ended - answer.begun);
  requests.slowest = std::max(requests.slowest, took);
  if (answer.error.empty() && answer.status < kServerError) return;
  const auto at = std::chrono::round<milliseconds>(answer.ended - start);
  if (requests.lost++ == 0) requests.lost_between.after = at;
  requests.lost_between.by = at;
  ++requests.losses[answer.error.empty() ? "status " + std::to_string(answer.status) : answer.error];
}

}  // namespace meshdns
