// meshdnsctl route verify: whether the requests to a URL go where the route's weights say.

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cmd/ctl/command.h"
#include "cmd/ctl/injected_pod.h"
#include "cmd/ctl/output_flag.h"
#include "cmd/ctl/paced_requests.h"
#include "cmd/ctl/progress.h"
#include "cmd/ctl/request_flags.h"
#include "cmd/ctl/route.h"
#include "cmd/ctl/route_expectation.h"
#include "cmd/ctl/route_report.h"
#include "cmd/ctl/route_tally.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"
#include "k8s/mesh/answerer.h"

namespace meshdns {
namespace {

constexpr uint32_t kMostRequests = 1'000'000;

struct VerifyFlags : RequestFlags {
  std::string count = "1000";
  std::vector<std::string> expect;
  std::string by;
};

/// The flags, read.
struct Plan : RequestPlan {
  uint32_t count;
  std::optional<Answerer> by;
  std::optional<RouteExpectation> expected;
};

Plan plan_of(const VerifyFlags& flags) {
  Plan plan{
      request_plan(flags), value_or_stop(parse_number(flags.count, 1, kMostRequests), kUsage, "--count: "), {}, {}};
  if (!flags.by.empty()) plan.by = value_or_stop(Answerer::parse(flags.by), kUsage, "--by: ");
  if (!flags.expect.empty()) {
    plan.expected = expected_by_flags(flags.expect, plan.by.has_value());
    require_count(*plan.expected, plan.count);
  } else if (plan.url.scheme == "https") {
    stop(kUsage, "--expect is required for https: a sidecar passes TLS through, and has no route for what is in it");
  }
  return plan;
}

/// The line that runs this in a pod with a sidecar.
std::string line_in_pod(const VerifyFlags& flags) {
  std::vector<std::string> arguments = {"route",  "verify",   flags.url,   "--count",    flags.count,
                                        "--rate", flags.rate, "--timeout", flags.timeout};
  for (const std::string& share : flags.expect) arguments.insert(arguments.end(), {"--expect", share});
  if (!flags.by.empty()) arguments.insert(arguments.end(), {"--by", flags.by});
  return "\n" + injected_pod_line(flags.cluster, flags.name_space, arguments);
}

class Verification {
 public:
  explicit Verification(const VerifyFlags& flags)
      : flags_(flags), plan_(plan_of(flags)), before_(plan_.sidecar.counts()) {
    if (before_ || plan_.by) return;
    stop(kRefused,
         "there is no sidecar here that tells who answers (" + before_.error() +
             "); --by says where the answers tell it, and in a pod with a sidecar it is counted:" + line_in_pod(flags));
  }

  RouteReport run() {
    expect();
    require_chance();
    require_count(expectation_, plan_.count);
    tally_.sample.planned = plan_.count;
    tally_.sample.got.resize(expectation_.shares.size());
    send();
    if (!plan_.by) count();
    const std::string counted_by = plan_.by ? "the answers' " + flags_.by : "the sidecar at " + plan_.sidecar.base();
    return {flags_.url,
            expectation_.source,
            counted_by,
            expectation_.shares,
            tally_.sample,
            tally_.statuses,
            route_verdict(expectation_.shares, tally_.sample)};
  }

 private:
  /// By the flags, else the sidecar, else the API; whether chance decides, the sidecar knows at any rate.
  void expect() {
    const auto route = ask_sidecar();
    RouteExpectation by_sidecar;
    if (route) by_sidecar = expected_by_sidecar(*route, clusters_);
    if (plan_.expected) {
      expectation_ = *plan_.expected;
      expectation_.hashed = by_sidecar.hashed;
    } else {
      expectation_ = route ? std::move(by_sidecar) : ask_api();
    }
    if (!plan_.by && (plan_.expected || !route)) clusters_ = clusters_of(expectation_, *before_, plan_.url);
  }

  /// Nothing: it has none for the URL.
  std::optional<EnvoyRoute> ask_sidecar() const {
    if (!before_ || plan_.url.scheme != "http") return std::nullopt;
    auto route = plan_.sidecar.route(plan_.url);
    if (route) return *std::move(route);
    if (plan_.expected) return std::nullopt;
    stop(kRefused, route.error() + "; --expect says what is to be expected all the same");
  }

  RouteExpectation ask_api() const {
    try {
      return expected_by_api(flags_.cluster, flags_.name_space, plan_.url);
    } catch (const Stop& stopped) {
      stop(stopped.ended.code,
           "nothing tells the weights: " +
               (before_ ? "the sidecar has no route of its own for " + plan_.url.authority() : before_.error()) + "; " +
               stopped.ended.text + "; --expect says what is to be expected" +
               (before_ ? "" : ", and in a pod with a sidecar its routes do:" + line_in_pod(flags_)));
    }
  }

  void require_chance() {
    if (expectation_.hashed.empty() && !clusters_.empty()) {
      const auto hashing = plan_.sidecar.hashing(clusters_);
      if (hashing && !hashing->empty()) expectation_.hashed = "consistent hashing of " + hashing->front();
    }
    if (expectation_.hashed.empty()) return;
    stop(kUsage, "the route of " + plan_.url.authority() + " does not leave it to chance who answers (" +
                     escape_controls(expectation_.hashed) +
                     "): requests that are alike may all go to one endpoint, and their shares then say nothing about "
                     "the weights");
  }

  void send() {
    Progress progress;
    const bool in_body = plan_.by && plan_.by->header().empty();
    const PacedPlan paced{flags_.url,
                          plan_.count,
                          plan_.rate,
                          plan_.timeout,
                          plan_.by ? plan_.by->header() : "",
                          in_body ? Answerer::kLookedAt : 0};
    uint64_t ended = 0;
    const PacedEnd end = send_paced(paced, [&](const PacedAnswer& answer) {
      ++ended;
      take(answer, expectation_.shares, plan_.by ? &*plan_.by : nullptr, tally_);
      if (!progress.due()) return;
      progress.show(std::to_string(ended) + " of " + std::to_string(plan_.count) + " requests, " +
                    std::to_string(tally_.sample.failed) + " failed");
    });
    tally_.sample.sent = end.answered;
    given_up_ = end.given_up;
  }

  void count() {
    const auto after = plan_.sidecar.counts();
    if (!after) stop(kFailed, "the sidecar's counts cannot be read any more: " + after.error());
    take(count_growth(*before_, *after), clusters_, given_up_, tally_.sample);
  }

  const VerifyFlags& flags_;
  const Plan plan_;
  const Result<EndpointCounts> before_;  // the error: there is no sidecar
  RouteExpectation expectation_;
  std::vector<std::string> clusters_;  // of the sidecar's; where it counts, of each share
  RouteTally tally_;
  uint64_t given_up_ = 0;
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

void add_route_verify(CtlCommand& route) {
  CtlCommand command = route.add(
      "verify", "Send requests, and test whether they go where the weights say",
      "  # In a pod with a sidecar: who answers and the weights are the sidecar's own\n"
      "  meshdnsctl route verify http://serverservice04.bar.global:8000/headers\n"
      "\n"
      "  # Anywhere, where the servers say who they are\n"
      "  meshdnsctl route verify http://10.0.0.7/ --count 2000 --by header:x-served-by --expect v1=75 --expect "
      "v2=25\n");
  const auto flags = std::make_shared<VerifyFlags>();
  add_url_flag(command, *flags);
  command.option("--count", flags->count, "How many requests; without it, " + flags->count, "N");
  add_pace_flags(command, *flags);
  command.repeated(
      "--expect", flags->expect,
      "A destination, HOST[:PORT][/SUBSET], and its weight; with --by, what that finds for it; without any, "
      "as the sidecar's route or the cluster's VirtualService has them; may be repeated",
      "DEST=WEIGHT");
  command.option("--by", flags->by,
                 "Where an answer says who gave it: header:NAME, or body:REGEX, whose first group or whole match "
                 "counts; without it, the sidecar counts",
                 "WHERE");
  add_sidecar_flags(command, *flags);
  command.runs([flags] { return run(*flags); });
}

}  // namespace meshdns
