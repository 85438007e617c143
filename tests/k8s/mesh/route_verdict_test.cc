#include "k8s/mesh/route_verdict.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

using State = RouteVerdict::State;

const std::vector<RouteShare> kShares = {{"s4.bar.global:8000", 50}, {"s1.bar.svc.cluster.local:8000", 50}, {"s2", 0}};

/// 200 requests, as the weights say.
RouteSample as_expected() {
  RouteSample sample;
  sample.planned = sample.sent = 200;
  sample.got = {103, 97, 0};
  return sample;
}

TEST_CASE("what is judged how, and why") {
  struct Case {
    const char* what;
    void (*change)(RouteSample&);
    State state;
    std::string reason;  // the first
  };
  const std::vector<Case> cases = {
      {"as the weights say", [](RouteSample&) {}, State::kPassed, ""},
      {"a failed request",
       [](RouteSample& s) {
         s.got[0] = 102, s.failed = 1;
         s.failures = {{"503", 1}};
       },
       State::kFailed, "1 of 200 requests failed: 503 (1)"},
      {"all failed",
       [](RouteSample& s) {
         s.got = {0, 0, 0}, s.failed = 200;
         s.failures = {{"503", 60}, {"Connection refused", 140}};
       },
       State::kFailed, "200 of 200 requests failed: Connection refused (140), 503 (60)"},
      {"an answer from elsewhere",
       [](RouteSample& s) {
         s.got[1] = 96, s.unidentified = 1;
         s.others = {{"v\x1b[2J", 1}};
       },
       State::kFailed, "1 of 200 requests were answered by none of the destinations: v?[2J (1)"},
      {"weight 0 got one",
       [](RouteSample& s) {
         s.got = {103, 96, 1};
       },
       State::kFailed, "s2 has the weight 0 and got 1"},
      {"other shares",
       [](RouteSample& s) {
         s.got = {150, 50, 0};
       },
       State::kFailed,
       "the shares do not fit the weights: chance alone would bring them this far off with p = 1.54e-12, expected at "
       "least 0.001"},
      {"others call them, too", [](RouteSample& s) { s.got[0] = 150, s.excess = 47; }, State::kInconclusive,
       "the sidecar counted 47 requests to the destinations more than were sent: others in this pod call them, too, or "
       "requests were retried; ask from a pod that does nothing else, or have the servers say who they are (--by)"},
      {"failed, and others call them, too",
       [](RouteSample& s) {
         s.excess = 9, s.failed = 2;
         s.failures = {{"503", 2}};
       },
       State::kFailed, "2 of 200 requests failed: 503 (2)"},
      {"endpoints changed, and all were counted", [](RouteSample& s) { s.hosts_changed = true; }, State::kPassed, ""},
      {"endpoints changed, and counts are lost",
       [](RouteSample& s) { s.got[1] = 90, s.unidentified = 7, s.hosts_changed = true; }, State::kInconclusive,
       "the destinations' endpoints changed meanwhile, and with them the sidecar's counts; run it again"},
      {"interrupted", [](RouteSample& s) { s.planned = 1000; }, State::kInconclusive,
       "interrupted after 200 of 1000 requests"},
      {"interrupted, and wrong already",
       [](RouteSample& s) {
         s.got = {150, 50, 0}, s.planned = 1000;
       },
       State::kFailed,
       "the shares do not fit the weights: chance alone would bring them this far off with p = 1.54e-12, expected at "
       "least 0.001"},
      {"interrupted at once",
       [](RouteSample& s) {
         s.got = {1, 0, 0}, s.sent = 1;
       },
       State::kInconclusive, "interrupted after 1 of 200 requests"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    RouteSample sample = as_expected();
    c.change(sample);
    const RouteVerdict verdict = route_verdict(kShares, sample);
    CHECK(verdict.state == c.state);
    CHECK((verdict.reasons.empty() ? "" : verdict.reasons.front()) == c.reason);
  }
}

TEST_CASE("one destination gets all") {
  RouteSample sample;
  sample.planned = sample.sent = 100;
  sample.got = {100};
  CHECK(route_verdict({{"a", 1}}, sample).state == State::kPassed);
  sample.got = {99};
  sample.unidentified = 1;
  CHECK(route_verdict({{"a", 1}}, sample).state == State::kFailed);
}

TEST_CASE("whom a server's word names") {
  struct Case {
    const char* value;
    int share;  // -1: none
  };
  const std::vector<RouteShare> shares = {
      {"s4.bar.global:8000", 1}, {"s1.bar:80/v1", 1}, {"s1.bar:80/v2", 1}, {"V 1", 1}, {"s9", 1}};
  for (const Case& c : std::vector<Case>{{"s4.bar.global:8000", 0},
                                         {"s4.bar.global", 0},
                                         {"s4", 0},
                                         {"s4.bar", -1},
                                         {"s1.bar:80/v2", 2},
                                         {"s1.bar", -1},
                                         {"s1", -1},
                                         {"V 1", 3},
                                         {"v 1", -1},
                                         {"s9", 4},
                                         {"", -1}}) {
    CAPTURE(c.value);
    const auto share = named_share(shares, c.value);
    CHECK((share ? static_cast<int>(*share) : -1) == c.share);
  }
}

TEST_CASE("the most frequent first") {
  CHECK(most_frequent({}) == "");
  CHECK(most_frequent({{"a", 1}, {"b", 3}}) == "b (3), a (1)");
  CHECK(most_frequent({{"a", 1}, {"b", 3}, {"c", 2}, {"d", 1}, {"e", 1}}) == "b (3), c (2), a (1), and 2 more");
}

}  // namespace
}  // namespace meshdns
