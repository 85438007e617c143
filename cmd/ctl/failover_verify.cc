// meshdnsctl failover verify: whether requests survive it when the servers of one locality are killed.

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cmd/ctl/command.h"
#include "cmd/ctl/failover.h"
#include "cmd/ctl/failover_report.h"
#include "cmd/ctl/failover_tally.h"
#include "cmd/ctl/injected_pod.h"
#include "cmd/ctl/output_flag.h"
#include "cmd/ctl/paced_requests.h"
#include "cmd/ctl/progress.h"
#include "cmd/ctl/request_flags.h"
#include "cmd/ctl/sidecar_sampler.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"
#include "k8s/mesh/envoy_endpoints.h"
#include "k8s/mesh/failover_samples.h"
#include "k8s/mesh/shell_word.h"

namespace meshdns {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kLeastDuring{1};
constexpr std::chrono::hours kMostDuring{1};
constexpr milliseconds kBetweenSamples{100};
// Of a long run, which its memory bounds: an hour's are 0.6 s apart.
constexpr int64_t kMostSamples = 6000;
// What servers that hang hold, until nothing is sent any more.
constexpr size_t kMostUnderWay = 512;

struct VerifyFlags : RequestFlags {
  std::string during;
};

/// The flags, read.
struct Plan : RequestPlan {
  milliseconds during;
};

Plan plan_of(const VerifyFlags& flags) {
  return {request_plan(flags),
          value_or_stop(parse_duration_within(flags.during, kLeastDuring, kMostDuring), kUsage, "--during: ")};
}

/// Where the sidecar sends the requests.
struct Target {
  std::vector<std::string> clusters;
  std::string route;
  CountedBy counted = CountedBy::kRequest;
};

class Verification {
 public:
  explicit Verification(const VerifyFlags& flags)
      : flags_(flags), plan_(plan_of(flags)), target_(find_target()), samples_(target_.counted) {}

  FailoverReport run() {
    start_ = Clock::now();
    sample("there is no sidecar here any more: ", kRefused);
    require_localities();
    send();
    sample("the sidecar's counts cannot be read any more: ", kFailed);
    FailoverTimeline timeline = failover_timeline(samples_.endpoints(), samples_.samples());
    FailoverVerdict verdict = failover_verdict(timeline, requests_);
    return {flags_.url,           flags_.during,
            target_.route,        "the sidecar at " + plan_.sidecar.base(),
            samples_.endpoints(), samples_.samples().size(),
            std::move(timeline),  requests_,
            std::move(verdict)};
  }

 private:
  /// By the sidecar's route; where it does not look into requests, by the host and the port.
  Target find_target() const {
    const auto counts = plan_.sidecar.counts();
    if (!counts) {
      stop(kRefused, "there is no sidecar here whose counts tell who answers (" + counts.error() +
                         "); in a pod with a sidecar:\n" +
                         injected_pod_line(flags_.cluster, flags_.name_space,
                                           {"failover", "verify", flags_.url, "--during", flags_.during, "--rate",
                                            flags_.rate, "--timeout", flags_.timeout}));
    }
    if (plan_.url.scheme == "http") {
      const auto route = plan_.sidecar.route(plan_.url);
      if (!route) stop(kRefused, route.error());
      if (*route) return by_route(**route);
    }
    const std::string name = "outbound|" + std::to_string(plan_.url.port) + "||" + plan_.url.host;
    if (!counts->contains(name)) {
      stop(kRefused, "the sidecar has neither a route nor a cluster for " + plan_.url.authority() + ": " +
                         failover_line(plan_.url.host) + " is for hosts of ServiceEntries that are shown to this pod");
    }
    return {{name},
            "connections to " + plan_.url.authority() + ", which the sidecar does not look into",
            CountedBy::kConnection};
  }

  static Target by_route(const EnvoyRoute& route) {
    Target target{{}, "the sidecar's " + route.name, CountedBy::kRequest};
    for (const EnvoyRoute::Cluster& cluster : route.clusters) {
      if (cluster.weight > 0) target.clusters.push_back(cluster.name);
    }
    return target;
  }

  static std::string failover_line(const std::string& host) { return "meshdnsctl failover create " + shell_word(host); }

  void sample(const std::string& trouble, int code) {
    const auto asked = Clock::now();
    const auto page = plan_.sidecar.endpoints(target_.clusters);
    if (!page) stop(code, trouble + page.error());
    add(*page, asked);
    if (!samples_.too_many()) return;
    stop(kRefused, "the sidecar has more than " + std::to_string(FailoverSamples::kMostEndpoints) + " endpoints for " +
                       plan_.url.authority() + ", expected one for each cluster");
  }

  void add(std::string_view page, Clock::time_point asked) {
    samples_.add(parse_envoy_endpoints(page, target_.clusters), std::chrono::floor<milliseconds>(asked - start_),
                 std::chrono::ceil<milliseconds>(Clock::now() - start_));
  }

  /// One cluster at least that has somewhere to go.
  void require_localities() const {
    std::set<std::pair<std::string, std::string>> places;
    std::set<std::string> clusters;
    for (const FailoverEndpoint& endpoint : samples_.endpoints()) {
      const bool is_new = places.emplace(endpoint.cluster, endpoint.locality).second;
      if (is_new && !clusters.insert(endpoint.cluster).second) return;
    }
    const auto destination = target_.clusters.empty() ? std::nullopt : outbound_destination(target_.clusters.front());
    const size_t count = samples_.endpoints().size();
    stop(kRefused, "the sidecar has " + std::to_string(count) + (count == 1 ? " endpoint" : " endpoints") + " for " +
                       plan_.url.authority() + (count == 0 ? "" : ", " + where()) + ": there is nowhere to move to; " +
                       failover_line(destination ? destination->host : plan_.url.host) + " makes it fail over");
  }

  std::string where() const {
    const std::string& locality = samples_.endpoints().front().locality;
    return locality.empty() ? "in no locality" : "in " + locality_text(locality) + " alone";
  }

  void send() {
    Progress progress;
    requests_.planned = static_cast<uint64_t>(plan_.rate) * static_cast<uint64_t>(plan_.during.count()) / 1000;
    const PacedPlan paced{.url = flags_.url,
                          .count = requests_.planned,
                          .per_second = plan_.rate,
                          .patience = plan_.timeout,
                          .header = "",
                          .most_body = 0,
                          .most_under_way = kMostUnderWay,
                          .during = plan_.during};
    const auto on_answer = [&](const PacedAnswer& answer) {
      take(answer, start_, requests_);
      if (!progress.due()) return;
      progress.show(seconds_text(std::chrono::round<milliseconds>(Clock::now() - start_)) + " of " + flags_.during +
                    ", " + std::to_string(requests_.sent) + " requests, " + std::to_string(requests_.lost) + " lost");
    };
    const PacedEnd end = send_paced(paced, on_answer, [this](EventLoop& loop) {
      return std::make_shared<SidecarSampler>(
          loop, plan_.sidecar.endpoints_url(target_.clusters), std::max(kBetweenSamples, plan_.during / kMostSamples),
          [this](std::string_view page, Clock::time_point asked) { add(page, asked); });
    });
    requests_.given_up = end.given_up;
    requests_.interrupted = end.interrupted;
  }

  const VerifyFlags& flags_;
  const Plan plan_;
  const Target target_;
  FailoverSamples samples_;
  FailoverRequests requests_;
  Clock::time_point start_;
};

Ended run(const VerifyFlags& flags) {
  const OutputForm form = form_or_stop(flags.output);
  const FailoverReport report = Verification(flags).run();
  const bool passed = report.verdict.state == VerdictState::kPassed;
  const bool said = form == OutputForm::kText;
  return {passed ? 0 : kFailed, passed || said ? "" : verdict_line(report),
          in_form(form, failover_report_text(report), failover_report(report))};
}

}  // namespace

void add_failover_verify(CtlCommand& failover) {
  CtlCommand command = failover.add(
      "verify", "Send requests while servers are killed, and count what is lost",
      "  # In a pod with a sidecar; kill the servers of one cluster meanwhile, and start them again\n"
      "  meshdnsctl failover verify http://serverservice04.bar.global:8000/headers --during 60s\n"
      "\n"
      "  # For a program, which finds the times of the move and of the return in it\n"
      "  meshdnsctl failover verify http://serverservice04.bar.global:8000/ --during 2m --rate 200 -o json\n");
  const auto flags = std::make_shared<VerifyFlags>();
  add_url_flag(command, *flags);
  command.option("--during", flags->during, "How long requests are sent, such as 60s", "DURATION",
                 CtlCommand::kRequired);
  add_pace_flags(command, *flags);
  add_sidecar_flags(command, *flags);
  command.runs([flags] { return run(*flags); });
}

}  // namespace meshdns
