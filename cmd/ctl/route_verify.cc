// meshdnsctl route verify: whether the requests to a URL go where the route's weights say.

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cmd/ctl/cluster.h"
#include "cmd/ctl/help.h"
#include "cmd/ctl/injected_pod.h"
#include "cmd/ctl/output_flag.h"
#include "cmd/ctl/paced_requests.h"
#include "cmd/ctl/progress.h"
#include "cmd/ctl/route.h"
#include "cmd/ctl/route_expectation.h"
#include "cmd/ctl/route_report.h"
#include "cmd/ctl/sidecar.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"
#include "k8s/mesh/answerer.h"

namespace meshdns {
namespace {

constexpr uint32_t kMostRequests = 1'000'000;
constexpr uint32_t kMostPerSecond = 1000;
constexpr std::chrono::seconds kPatience{15};
constexpr int kServerError = 500;

struct VerifyFlags {
  std::string url;
  std::string count = "1000";
  std::string rate = "100";
  std::vector<std::string> expect;
  std::string by;
  std::string sidecar = kSidecar;
  ClusterFlags cluster;
  std::string name_space;
  std::string output = "text";
};

/// The flags, read.
struct Plan {
  WebUrl url;
  uint32_t count;
  uint32_t rate;
  std::optional<Answerer> by;
  Sidecar sidecar;
  std::optional<RouteExpectation> expected;
};

Plan plan_of(const VerifyFlags& flags) {
  const auto url = parse_web_url(flags.url);
  if (!url) stop(kUsage, "URL: found " + quote(flags.url) + ", " + url.error());
  Plan plan{*url,
            value_or_stop(parse_number(flags.count, 1, kMostRequests), kUsage, "--count: "),
            value_or_stop(parse_number(flags.rate, 1, kMostPerSecond), kUsage, "--rate: "),
            {},
            Sidecar(value_or_stop(parse_sidecar(flags.sidecar), kUsage, "--sidecar: ")),
            {}};
  if (!flags.by.empty()) plan.by = value_or_stop(Answerer::parse(flags.by), kUsage, "--by: ");
  if (!flags.expect.empty()) {
    plan.expected = expected_by_flags(flags.expect, plan.by.has_value());
    require_count(*plan.expected, plan.count);
  } else if (url->scheme == "https") {
    stop(kUsage, "--expect is required for https: a sidecar passes TLS through, and has no route for what is in it");
  }
  return plan;
}

[[noreturn]] void stop_without_sidecar(const VerifyFlags& flags, const std::string& why) {
  std::vector<std::string> arguments = {"route", "verify", flags.url, "--count", flags.count, "--rate", flags.rate};
  for (const std::string& share : flags.expect) arguments.insert(arguments.end(), {"--expect", share});
  if (!flags.by.empty()) arguments.insert(arguments.end(), {"--by", flags.by});
  stop(kRefused, "there is no sidecar here that " +
                     std::string(flags.by.empty() ? "tells who answers" : "tells the weights") + " (" + why +
                     "); in a pod that has one:\n" +
                     injected_pod_line({flags.cluster.kubeconfig, flags.cluster.context, flags.name_space}, arguments));
}

class Verification {
 public:
  explicit Verification(const VerifyFlags& flags) : flags_(flags), plan_(plan_of(flags)) {}

  RouteReport run() {
    auto before = plan_.sidecar.counts();
    if (!before && !(plan_.by && plan_.expected)) stop_without_sidecar(flags_, before.error());
    if (before) ask_sidecar(*before);
    refuse_hashing(before);
    require_count(expectation_, plan_.count);
    report_.sample.got.resize(expectation_.shares.size());
    send();
    if (!plan_.by) count_growth_since(*before);
    report_.sample.planned = plan_.count;
    report_.url = flags_.url;
    report_.weights_from = expectation_.source;
    report_.counted_by = plan_.by ? "the answers' " + flags_.by : "the sidecar at " + plan_.sidecar.base();
    report_.shares = expectation_.shares;
    report_.verdict = route_verdict(report_.shares, report_.sample);
    return std::move(report_);
  }

 private:
  /// What is to be expected, and by which clusters it is counted.
  void ask_sidecar(const EndpointCounts& before) {
    if (plan_.expected) {
      expectation_ = *plan_.expected;
      if (!plan_.by) clusters_ = clusters_of(expectation_, before, plan_.url);
      return;
    }
    const auto route = plan_.sidecar.route(plan_.url);
    if (!route) stop(kRefused, route.error() + "; --expect DEST=WEIGHT says what is to be expected");
    expectation_ = expected_by_sidecar(*route, clusters_);
    hashed_ = route->hashed;
  }

  void refuse_hashing(const Result<EndpointCounts>& before) {
    if (!before) expectation_ = *plan_.expected;
    if (hashed_.empty() && before && !clusters_.empty()) {
      const auto hashing = plan_.sidecar.hashing(clusters_);
      if (hashing && !hashing->empty()) hashed_ = "consistent hashing of " + hashing->front();
    }
    if (hashed_.empty()) return;
    stop(kUsage, "the route of " + plan_.url.authority() + " does not choose by weight alone (" +
                     escape_controls(hashed_) +
                     "): requests that are alike go to one endpoint, and shares of them say nothing about the weights");
  }

  void send() {
    Progress progress;
    const PacedPlan paced{flags_.url,
                          plan_.count,
                          plan_.rate,
                          kPatience,
                          plan_.by ? plan_.by->header() : "",
                          plan_.by && plan_.by->header().empty() ? Answerer::kLookedAt : 0};
    uint64_t ended = 0;
    report_.sample.sent = send_paced(paced, [&](const PacedAnswer& answer) {
      ++ended;
      take(answer);
      if (!progress.due()) return;
      progress.show(std::to_string(ended) + " of " + std::to_string(plan_.count) + " requests, " +
                    std::to_string(report_.sample.failed) + " failed");
    });
  }

  void take(const PacedAnswer& answer) {
    RouteSample& sample = report_.sample;
    if (answer.status != 0) ++report_.statuses[std::to_string(answer.status)];
    if (!answer.error.empty() || answer.status >= kServerError) {
      ++sample.failed;
      ++sample.failures[answer.error.empty() ? std::to_string(answer.status) : answer.error];
      return;
    }
    if (!plan_.by) return;
    const auto value = plan_.by->said(answer.header, answer.body);
    const auto share = value ? named_share(expectation_.shares, *value) : std::nullopt;
    if (share) {
      ++sample.got[*share];
    } else {
      ++sample.unidentified;
      ++sample.others[value ? *value : "not said"];
    }
  }

  void count_growth_since(const EndpointCounts& before) {
    const auto after = plan_.sidecar.counts();
    if (!after) stop(kFailed, "the sidecar's counts cannot be read any more: " + after.error());
    CountGrowth growth = count_growth(before, *after);
    RouteSample& sample = report_.sample;
    uint64_t counted = 0;
    for (size_t i = 0; i < clusters_.size(); ++i) {
      sample.got[i] = std::exchange(growth.by_cluster[clusters_[i]], 0);
      counted += sample.got[i];
    }
    const uint64_t answered = sample.sent - sample.failed;
    sample.excess = counted > sample.sent ? counted - sample.sent : 0;
    sample.unidentified = counted < answered ? answered - counted : 0;
    sample.hosts_changed = growth.endpoints_changed;
    if (sample.unidentified == 0) return;
    for (const auto& [cluster, grown] : growth.by_cluster) {
      if (grown > 0) sample.others[cluster] = grown;
    }
  }

  const VerifyFlags& flags_;
  const Plan plan_;
  RouteExpectation expectation_;
  std::vector<std::string> clusters_;  // of each share; empty where --by tells who answers
  std::string hashed_;
  RouteReport report_;
};

Ended run(const VerifyFlags& flags) {
  const OutputForm form = form_or_stop(flags.output);
  const RouteReport report = Verification(flags).run();
  const bool passed = report.verdict.state == RouteVerdict::State::kPassed;
  const bool said = form == OutputForm::kText;
  return {passed ? 0 : kFailed, passed || said ? "" : verdict_line(report.verdict),
          in_form(form, route_report_text(report), route_report(report))};
}

}  // namespace

void add_route_verify(CLI::App& route, const Choose& choose) {
  CLI::App& app = *route.add_subcommand("verify", "Send requests, and test whether they go where the weights say");
  set_help(app,
           "  # In a pod with a sidecar: who answers and the weights are the sidecar's own\n"
           "  meshdnsctl route verify http://serverservice04.bar.global:8000/headers\n"
           "\n"
           "  # Anywhere, where the servers say who they are\n"
           "  meshdnsctl route verify http://10.0.0.7/ --count 2000 --by header:x-served-by --expect v1=75 --expect "
           "v2=25\n");
  const auto flags = std::make_shared<VerifyFlags>();
  app.add_option("URL", flags->url, "What is asked for, by GET, each time over a new connection")->required();
  app.add_option("--count", flags->count, "How many requests; without it, " + flags->count)->type_name("N");
  app.add_option("--rate", flags->rate, "How many a second; without it, " + flags->rate)->type_name("N");
  app.add_option("--expect", flags->expect,
                 "A destination, HOST[:PORT][/SUBSET], and its weight; with --by, what that finds for it; without any, "
                 "as the sidecar's route has them; may be repeated")
      ->type_name("DEST=WEIGHT")
      ->allow_extra_args(false);
  app.add_option("--by", flags->by,
                 "Where an answer says who gave it: header:NAME, or body:REGEX, whose first group or whole match "
                 "counts; without it, the sidecar counts")
      ->type_name("WHERE");
  app.add_option("--sidecar", flags->sidecar,
                 std::string("Where the sidecar's admin endpoints are, on loopback; without it, ") + kSidecar)
      ->type_name("URL");
  add_cluster_flags(app, flags->cluster);
  app.add_option("-n,--namespace", flags->name_space, "The namespace of the clients; without it, the context's")
      ->type_name("NAMESPACE");
  add_output_flag(app, flags->output);
  app.allow_extras();
  app.callback([flags, choose] { choose([flags] { return ended_by([&] { return run(*flags); }); }); });
}

}  // namespace meshdns
