#include "cmd/ctl/failover_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

namespace meshdns {
namespace {

using std::chrono::milliseconds;

/// 100 ms a sample, ten requests in each; region1 is ejected at 1 s, and back at 3 s.
FailoverReport report() {
  FailoverReport report{.url = "http://a/",
                        .during = "4s",
                        .route = "the sidecar's route /",
                        .counted_by = "the sidecar",
                        .endpoints = {{"c", "10.0.0.1:80", "region1"}, {"c", "10.0.0.2:15443", "region2"}},
                        .samples = 41,
                        .timeline = {},
                        .requests = {},
                        .verdict = {}};
  std::vector<FailoverSample> samples;
  FailoverSample sample{milliseconds(0), milliseconds(5), std::vector<EndpointState>(2)};
  for (int i = 0; i <= 40; ++i, sample.asked += milliseconds(100), sample.told += milliseconds(100)) {
    samples.push_back(sample);
    const bool away = i >= 10 && i < 30;
    EndpointState& answering = sample.endpoints[away ? 1 : 0];
    answering.begun += 10, answering.answered += 10;
    sample.endpoints[0].failed += i == 10 ? 3 : 0;
    sample.endpoints[0].ejected = away;
  }
  report.timeline = failover_timeline(report.endpoints, samples);
  report.requests.planned = report.requests.sent = 400;
  report.requests.statuses = {{"200", 400}};
  report.requests.slowest = milliseconds(61);
  report.verdict = failover_verdict(report.timeline, report.requests);
  return report;
}

TEST_CASE("what people read") {
  CHECK(failover_report_text(report()) ==
        "LOCALITY  ENDPOINT        AT FIRST      SINCE        ATTEMPTS  FAILED  EJECTED\n"
        "region1   10.0.0.1:80     100 (100.0%)  100 (33.3%)  203       3       1.11 s to 3.11 s\n"
        "region2   10.0.0.2:15443  0 (0.0%)      200 (66.7%)  200       0       never\n"
        "AT      WHAT\n"
        "1.11 s  the first sign of trouble at region1\n"
        "1.11 s  nothing goes to region1 any more, 0.21 s at most after it was well: region2 (100.0%)\n"
        "1.11 s  10.0.0.1:80 is ejected\n"
        "3.11 s  region1 answers again, after 2.21 s at most\n"
        "3.11 s  10.0.0.1:80 is let in again\n"
        "Requests:   400 of 400 sent, 400 answered, 0 lost; the slowest took 61 ms\n"
        "Attempts:   403, 3 of them failed, 3 beside the requests\n"
        "Statuses:   200 (400)\n"
        "Route:      the sidecar's route /\n"
        "Counted by: the sidecar, asked 41 times; times are exact to 0.11 s\n"
        "passed: requests moved from region1 within 0.21 s and back; none of 400 was lost\n");
}

TEST_CASE("what programs read") {
  const auto json = failover_report(report());
  CHECK(json["passed"] == true);
  CHECK(json["reasons"].empty());
  CHECK(json["requests"]["lostFrom"].is_null());
  CHECK(json["attempts"].dump() == R"({"ended":403,"failed":3,"besideRequests":3})");
  CHECK(json["moves"].dump() ==
        R"([{"locality":"region1","began":{"after":0.9,"by":1.105},"moved":{"after":1.0,"by":1.105},)"
        R"("back":{"after":3.0,"by":3.105},"timeToMove":0.205,"away":2.205,"failed":3,"answeredBy":{"region2":200}}])");
  CHECK(json["localities"][1].dump() ==
        R"({"locality":"region2","atFirst":0,"since":200,"attempts":200,"failed":0,"endpoints":[{"cluster":"c",)"
        R"("address":"10.0.0.2:15443","atFirst":0,"since":200,"attempts":200,"failed":0,"out":[]}]})");
}

TEST_CASE("what is lost, of a host that several clusters stand for") {
  FailoverReport lost = report();
  lost.endpoints[0].cluster = "outbound|80||a.bar.global";
  lost.endpoints[1].cluster = "outbound|80||\x1b.bar.global";
  lost.requests.lost = 2;
  lost.requests.losses = {{"status 503", 2}};
  lost.requests.lost_between = {milliseconds(1010), milliseconds(1050)};
  lost.verdict = failover_verdict(lost.timeline, lost.requests);
  const std::string text = failover_report_text(lost);
  for (const char* part : {"10.0.0.1:80 of a.bar.global:80 ", "10.0.0.2:15443 of outbound|80||\\x1b.bar.global ",
                           "1.01 s  the first request is lost\n", "1.05 s  the last request is lost\n"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
  CHECK(verdict_line(lost) == "failed: 2 of 400 requests were lost, from 1.01 s to 1.05 s: status 503 (2)");
}

}  // namespace
}  // namespace meshdns
