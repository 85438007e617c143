#include "cmd/ctl/route_report.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "cmd/ctl/aligned.h"
#include "cmd/ctl/labelled_lines.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

std::string number(const char* form, double value) {
  char text[48];
  std::snprintf(text, sizeof text, form, value);
  return text;
}

struct Totals {
  double weight = 0;
  double got = 0;
};

Totals totals_of(const RouteReport& report) {
  Totals totals;
  for (size_t i = 0; i < report.shares.size(); ++i) {
    totals.weight += static_cast<double>(report.shares[i].weight);
    totals.got += static_cast<double>(report.sample.got[i]);
  }
  return totals;
}

double expected_of(const RouteShare& share, const Totals& totals) {
  return totals.got * static_cast<double>(share.weight) / totals.weight;
}

double share_of(uint64_t got, const Totals& totals) {
  return totals.got > 0 ? static_cast<double>(got) / totals.got : 0;
}

std::string requests_text(const RouteSample& sample) {
  return std::to_string(sample.sent) + " sent, " + std::to_string(sample.failed) + " failed, " +
         std::to_string(sample.unidentified) + " unidentified";
}

std::string test_text(const RouteVerdict& verdict) {
  if (!verdict.test) return "";
  if (verdict.test->degrees_of_freedom == 0) return "one destination alone, nothing to test";
  return "chi-squared " + number("%.3f", verdict.test->statistic) + ", degrees of freedom " +
         std::to_string(verdict.test->degrees_of_freedom) + ", p = " + number("%.3g", verdict.test->p);
}

}  // namespace

Json route_report(const RouteReport& report) {
  const Totals totals = totals_of(report);
  Json destinations = Json::array();
  for (size_t i = 0; i < report.shares.size(); ++i) {
    const RouteShare& share = report.shares[i];
    const uint64_t got = report.sample.got[i];
    destinations.push_back({{"destination", share.destination},
                            {"weight", share.weight},
                            {"expected", expected_of(share, totals)},
                            {"got", got},
                            {"share", share_of(got, totals)}});
  }
  const auto& test = report.verdict.test;
  const Json tested =
      test ? Json{{"statistic", test->statistic}, {"degreesOfFreedom", test->degrees_of_freedom}, {"p", test->p}}
           : Json(nullptr);
  return {{"passed", report.verdict.state == RouteVerdict::State::kPassed},
          {"verdict", state_text(report.verdict.state)},
          {"reasons", report.verdict.reasons},
          {"url", report.url},
          {"countedBy", report.counted_by},
          {"weightsFrom", report.weights_from},
          {"planned", report.sample.planned},
          {"sent", report.sample.sent},
          {"failed", report.sample.failed},
          {"unidentified", report.sample.unidentified},
          {"excess", report.sample.excess},
          {"statuses", Json(report.statuses)},
          {"failures", Json(report.sample.failures)},
          {"others", Json(report.sample.others)},
          {"destinations", destinations},
          {"chiSquared", tested}};
}

std::string route_report_text(const RouteReport& report) {
  const Totals totals = totals_of(report);
  std::vector<Row> rows = {{"DESTINATION", "WEIGHT", "EXPECTED", "GOT", "SHARE"}};
  for (size_t i = 0; i < report.shares.size(); ++i) {
    const RouteShare& share = report.shares[i];
    const uint64_t got = report.sample.got[i];
    rows.push_back({share.destination, std::to_string(share.weight), number("%.1f", expected_of(share, totals)),
                    std::to_string(got), number("%.1f%%", 100 * share_of(got, totals))});
  }
  LabelledLines lines;
  lines.add("Requests", requests_text(report.sample));
  lines.add("Statuses", most_frequent(report.statuses));
  lines.add("Failures", most_frequent(report.sample.failures));
  lines.add("Others", most_frequent(report.sample.others));
  lines.add("Weights", report.weights_from);
  lines.add("Counted by", report.counted_by);
  lines.add("Test", test_text(report.verdict));
  return aligned(rows) + lines.text() + verdict_line(report.verdict) + "\n";
}

std::string verdict_line(const RouteVerdict& verdict) {
  std::string line = std::string(state_text(verdict.state)) + ": ";
  if (verdict.reasons.empty()) line += "the requests went where the weights say";
  for (size_t i = 0; i < verdict.reasons.size(); ++i) line += (i == 0 ? "" : "; ") + verdict.reasons[i];
  return line;
}

}  // namespace meshdns
