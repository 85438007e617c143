#include "k8s/mesh/failover_verdict.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

std::string loss_text(const FailoverRequests& requests) {
  const auto& [first, last] = requests.lost_between;
  const std::string when =
      first == last ? ", at " + seconds_text(first) : ", from " + seconds_text(first) + " to " + seconds_text(last);
  return std::to_string(requests.lost) + " of " + std::to_string(requests.sent) + " requests were lost" + when + ": " +
         most_frequent(requests.losses);
}

/// Why the counts are not those of our requests.
std::optional<std::string> distrust(const FailoverTimeline& timeline, const FailoverRequests& requests) {
  const uint64_t most = requests.sent + requests.given_up;
  if (timeline.answered > most) {
    return "the sidecar counted " + std::to_string(timeline.answered - most) +
           " answers more than requests were sent: others in this pod call the host, too; ask from a pod that does "
           "nothing else";
  }
  if (timeline.answered < requests.answered()) {
    return std::to_string(requests.answered() - timeline.answered) + " of " + std::to_string(requests.answered()) +
           " answers came from none of the endpoints, as the sidecar counts: they changed meanwhile, or something else "
           "answers; run it again";
  }
  return std::nullopt;
}

std::string still_tried(const FailoverTimeline& timeline, const Outage& outage) {
  return locality_text(timeline.localities[outage.locality]) + " answers nothing from " +
         seconds_text(outage.began.after) +
         " on, but requests went there to the end, or too few came behind: " + std::to_string(outage.failed) +
         " attempts failed there";
}

/// Why there is no move to speak of.
std::string no_move(const FailoverTimeline& timeline) {
  if (!timeline.outages.empty()) return "no move was seen: " + still_tried(timeline, timeline.outages.front());
  if (timeline.answered < kAnswersBefore) {
    return "only " + std::to_string(timeline.answered) + " requests were answered, expected " +
           std::to_string(kAnswersBefore) + " at least before the first trouble";
  }
  std::vector<uint64_t> answers(timeline.localities.size());
  for (size_t e = 0; e < timeline.all.size(); ++e) answers[timeline.locality_of[e]] += timeline.all[e].answered;
  return "no move was seen: " + answered_by(timeline, answers) +
         " answered from the beginning to the end; kill the servers of one locality meanwhile";
}

bool has_moved(const FailoverTimeline& timeline) {
  return std::ranges::any_of(timeline.outages, [](const Outage& outage) { return outage.moved.has_value(); });
}

std::string number(const char* form, double value) {
  char text[32];
  std::snprintf(text, sizeof text, form, value);
  return text;
}

}  // namespace

FailoverVerdict failover_verdict(const FailoverTimeline& timeline, const FailoverRequests& requests) {
  FailoverVerdict verdict;
  if (requests.lost > 0) verdict.reasons.push_back(loss_text(requests));
  if (requests.interrupted) {
    verdict.reasons.push_back("interrupted after " + std::to_string(requests.sent) + " of " +
                              std::to_string(requests.planned) + " requests");
  }
  if (const auto reason = distrust(timeline, requests)) verdict.reasons.push_back(*reason);
  if (!has_moved(timeline)) verdict.reasons.push_back(no_move(timeline));
  verdict.state = requests.lost > 0         ? VerdictState::kFailed
                  : verdict.reasons.empty() ? VerdictState::kPassed
                                            : VerdictState::kInconclusive;
  return verdict;
}

std::string seconds_text(std::chrono::milliseconds time) {
  return number("%.2f s", std::ceil(static_cast<double>(time.count()) / 10) / 100);
}

std::string locality_text(const std::string& locality) {
  return locality.empty() ? "no locality" : printable(locality);
}

std::string answered_by(const FailoverTimeline& timeline, const std::vector<uint64_t>& answers) {
  const auto all = std::accumulate(answers.begin(), answers.end(), uint64_t{0});
  std::string text;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (answers[i] == 0) continue;
    text += (text.empty() ? "" : ", ") + locality_text(timeline.localities[i]) + " (" +
            number("%.1f%%", 100.0 * static_cast<double>(answers[i]) / static_cast<double>(all)) + ")";
  }
  return text;
}

}  // namespace meshdns
