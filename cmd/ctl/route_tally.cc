#include "cmd/ctl/route_tally.h"

#include <utility>

#include "cmd/ctl/paced_requests.h"

namespace meshdns {
namespace {

constexpr int kServerError = 500;

}  // namespace

void take(const PacedAnswer& answer, const std::vector<RouteShare>& shares, const Answerer* by, RouteTally& tally) {
  RouteSample& sample = tally.sample;
  if (answer.status != 0) ++tally.statuses[std::to_string(answer.status)];
  if (!answer.error.empty() || answer.status >= kServerError) {
    ++sample.failed;
    ++sample.failures[answer.error.empty() ? "status " + std::to_string(answer.status) : answer.error];
    return;
  }
  if (by == nullptr) return;
  const auto value = by->said(answer.header, answer.body);
  const auto share = value ? named_share(shares, *value) : std::nullopt;
  if (share) {
    ++sample.got[*share];
    return;
  }
  ++sample.unidentified;
  ++sample.others[value ? *value : "an answer that does not say"];
}

void take(CountGrowth growth, const std::vector<std::string>& clusters, uint64_t given_up, RouteSample& sample) {
  uint64_t counted = 0;
  for (size_t i = 0; i < clusters.size(); ++i) {
    sample.got[i] = std::exchange(growth.by_cluster[clusters[i]], 0);
    counted += sample.got[i];
  }
  const uint64_t answered = sample.sent - sample.failed;
  const uint64_t most = sample.sent + given_up;
  sample.excess = counted > most ? counted - most : 0;
  sample.unidentified = counted < answered ? answered - counted : 0;
  sample.hosts_changed = growth.endpoints_changed;
  if (sample.unidentified == 0) return;
  for (const auto& [cluster, grown] : growth.by_cluster) {
    if (grown > 0) sample.others[cluster] = grown;
  }
}

}  // namespace meshdns
