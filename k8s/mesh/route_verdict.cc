#include "k8s/mesh/route_verdict.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "k8s/api/api_objects.h"
#include "k8s/mesh/destination.h"

namespace meshdns {
namespace {

using State = RouteVerdict::State;

constexpr size_t kMostNamed = 3;

std::string share_text(uint64_t part, uint64_t whole, const char* what) {
  return std::to_string(part) + " of " + std::to_string(whole) + " " + what;
}

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

std::vector<std::string> reasons_for_failure(const std::vector<RouteShare>& shares, const RouteSample& sample,
                                             const std::optional<ChiSquared>& test) {
  std::vector<std::string> reasons;
  if (sample.failed > 0) {
    reasons.push_back(share_text(sample.failed, sample.sent, "requests failed: ") + most_frequent(sample.failures));
  }
  for (size_t i = 0; i < shares.size(); ++i) {
    if (shares[i].weight > 0 || sample.got[i] == 0) continue;
    reasons.push_back(printable(shares[i].destination) + " has the weight 0 and got " + std::to_string(sample.got[i]));
  }
  if (sample.unidentified > 0) {
    reasons.push_back(
        share_text(sample.unidentified, sample.sent, "requests were answered by none of the destinations") +
        (sample.others.empty() ? "" : ": " + most_frequent(sample.others)));
  }
  if (test && test->p < kFalseAlarms) {
    reasons.push_back("the shares do not fit the weights: chance alone would bring them this far off with p = " +
                      number_text(test->p) + ", expected at least " + number_text(kFalseAlarms));
  }
  return reasons;
}

/// Why nobody can tell.
std::vector<std::string> doubts(const RouteSample& sample, const std::optional<ChiSquared>& test) {
  std::vector<std::string> reasons;
  if (sample.excess > 0) {
    reasons.push_back(
        "the sidecar counted " + std::to_string(sample.excess) +
        " requests to the destinations more than were sent: others in this pod call them, too, or requests "
        "were retried; ask from a pod that does nothing else, or have the servers say who they are (--by)");
  } else if (sample.hosts_changed && sample.unidentified > 0) {
    reasons.push_back(
        "the destinations' endpoints changed meanwhile, and with them the sidecar's counts; run it again");
  }
  if (sample.sent < sample.planned) {
    reasons.push_back("interrupted after " + share_text(sample.sent, sample.planned, "requests"));
  } else if (!test && sample.failed == 0 && sample.unidentified == 0) {
    reasons.push_back("too few requests were answered");
  }
  return reasons;
}

bool is_named(const std::string& destination, std::string_view value) {
  const auto parsed = parse_destination(destination);
  if (!parsed) return false;
  return parsed->host == value || std::string_view(parsed->host).substr(0, parsed->host.find('.')) == value;
}

}  // namespace

RouteVerdict route_verdict(const std::vector<RouteShare>& shares, const RouteSample& sample) {
  RouteVerdict verdict;
  verdict.test = chi_squared(sample.got, weights_of(shares));
  const bool miscounted = sample.excess > 0 || (sample.hosts_changed && sample.unidentified > 0);
  verdict.reasons = doubts(sample, verdict.test);
  const auto failures = reasons_for_failure(shares, sample, verdict.test);
  if (miscounted && sample.failed == 0) {
    verdict.state = State::kInconclusive;
    return verdict;
  }
  if (!failures.empty()) verdict.reasons.insert(verdict.reasons.begin(), failures.begin(), failures.end());
  verdict.state = !failures.empty() ? State::kFailed : verdict.reasons.empty() ? State::kPassed : State::kInconclusive;
  return verdict;
}

std::optional<size_t> named_share(const std::vector<RouteShare>& shares, std::string_view value) {
  std::optional<size_t> named;
  for (size_t i = 0; i < shares.size(); ++i) {
    if (shares[i].destination == value) return i;
  }
  for (size_t i = 0; i < shares.size(); ++i) {
    if (!is_named(shares[i].destination, value)) continue;
    if (named) return std::nullopt;
    named = i;
  }
  return named;
}

std::vector<int64_t> weights_of(const std::vector<RouteShare>& shares) {
  std::vector<int64_t> weights;
  weights.reserve(shares.size());
  for (const RouteShare& share : shares) weights.push_back(share.weight);
  return weights;
}

std::string most_frequent(const Tally& tally) {
  std::vector<std::pair<uint64_t, std::string_view>> all;
  for (const auto& [what, count] : tally) all.emplace_back(count, what);
  std::ranges::stable_sort(all, std::ranges::greater(), &std::pair<uint64_t, std::string_view>::first);
  std::string text;
  for (size_t i = 0; i < all.size() && i < kMostNamed; ++i) {
    text += (i == 0 ? "" : ", ") + printable(all[i].second) + " (" + std::to_string(all[i].first) + ")";
  }
  return text + (all.size() > kMostNamed ? ", and " + std::to_string(all.size() - kMostNamed) + " more" : "");
}

}  // namespace meshdns
