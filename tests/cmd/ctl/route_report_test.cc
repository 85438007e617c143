#include "cmd/ctl/route_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "cmd/ctl/aligned.h"

namespace meshdns {
namespace {

RouteReport report() {
  RouteReport report{"http://a/",    "--expect", "the answers' header:x", {{"v1", 3}, {"v\x1b", 1}}, {},
                     {{"200", 200}}, {}};
  report.sample.planned = report.sample.sent = 200;
  report.sample.got = {151, 49};
  report.verdict = route_verdict(report.shares, report.sample);
  return report;
}

TEST_CASE("what people read") {
  CHECK(route_report_text(report()) ==
        "DESTINATION  WEIGHT  EXPECTED  GOT  SHARE\n"
        "v1           3       150.0     151  75.5%\n"
        "v\\x1b        1       50.0      49   24.5%\n"
        "Requests:   200 sent, 0 failed, 0 unidentified\n"
        "Statuses:   200 (200)\n"
        "Weights:    --expect\n"
        "Counted by: the answers' header:x\n"
        "Test:       chi-squared 0.027, degrees of freedom 1, p = 0.87\n"
        "passed: the requests went where the weights say\n");
}

TEST_CASE("what programs read, of a sample without a test") {
  RouteReport interrupted = report();
  interrupted.sample.sent = 3;
  interrupted.sample.got = {3, 0};
  interrupted.verdict = route_verdict(interrupted.shares, interrupted.sample);
  const auto json = route_report(interrupted);
  CHECK(json["passed"] == false);
  CHECK(json["verdict"] == "inconclusive");
  CHECK(json["reasons"].dump() == R"(["interrupted after 3 of 200 requests"])");
  CHECK(json["chiSquared"].is_null());
  CHECK(json["destinations"][0].dump() == R"({"destination":"v1","weight":3,"expected":2.25,"got":3,"share":1.0})");
}

TEST_CASE("nothing was answered") {
  RouteReport none = report();
  none.sample.got = {0, 0};
  none.sample.failed = 200;
  none.sample.failures = {{"Connection refused", 200}};
  none.verdict = route_verdict(none.shares, none.sample);
  const auto json = route_report(none);
  CHECK(json["destinations"][0].dump() == R"({"destination":"v1","weight":3,"expected":0.0,"got":0,"share":0.0})");
  CHECK(verdict_line(none.verdict) == "failed: 200 of 200 requests failed: Connection refused (200)");
}

TEST_CASE("columns") {
  CHECK(aligned({}) == "");
  CHECK(aligned({{"A", "BB"}, {"ccc", "d"}, {"\n", ""}}) == "A     BB\nccc   d\n\\x0a  \n");
}

}  // namespace
}  // namespace meshdns
