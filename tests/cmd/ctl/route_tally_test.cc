#include "cmd/ctl/route_tally.h"

#include <doctest/doctest.h>

#include <vector>

#include "cmd/ctl/paced_requests.h"

namespace meshdns {
namespace {

const std::vector<RouteShare> kShares = {{"v1", 1}, {"v2", 1}};

RouteTally tally_of(const PacedAnswer& answer, const Answerer* by) {
  RouteTally tally;
  tally.sample.got.resize(kShares.size());
  take(answer, kShares, by, tally);
  return tally;
}

TEST_CASE("what an answer is") {
  struct Case {
    PacedAnswer answer;
    Tally failures;
    std::vector<uint64_t> got;
    Tally others;
  };
  const auto by = Answerer::parse("header:x");
  for (const Case& c : std::vector<Case>{{{"", 200, "v2", ""}, {}, {0, 1}, {}},
                                         {{"", 404, "v1", ""}, {}, {1, 0}, {}},
                                         {{"", 499, "v1", ""}, {}, {1, 0}, {}},
                                         {{"", 500, "v1", ""}, {{"status 500", 1}}, {0, 0}, {}},
                                         {{"cut", 200, "v1", ""}, {{"cut", 1}}, {0, 0}, {}},
                                         {{"refused", 0, "", ""}, {{"refused", 1}}, {0, 0}, {}},
                                         {{"", 200, "v3", ""}, {}, {0, 0}, {{"v3", 1}}},
                                         {{"", 200, "", "v1"}, {}, {0, 0}, {{"an answer that does not say", 1}}}}) {
    CAPTURE(c.answer.status);
    const RouteTally tally = tally_of(c.answer, &*by);
    CHECK(tally.sample.failures == c.failures);
    CHECK(tally.sample.failed == c.failures.size());
    CHECK(tally.sample.got == c.got);
    CHECK(tally.sample.others == c.others);
    CHECK(tally.sample.unidentified == c.others.size());
    CHECK(tally.statuses.size() == (c.answer.status == 0 ? 0 : 1));
  }
  CHECK(tally_of({"", 200, "v1", ""}, nullptr).sample.got == std::vector<uint64_t>{0, 0});
}

TEST_CASE("what a sidecar has counted") {
  struct Case {
    const char* what;
    CountGrowth growth;
    uint64_t given_up;
    std::vector<uint64_t> got;
    uint64_t excess;
    uint64_t unidentified;
    Tally others;
  };
  // 100 were sent, of which 10 failed: they may have come to a destination, or not.
  for (const Case& c :
       std::vector<Case>{{"all", {{{"a", 60}, {"b", 40}, {"c", 7}}, false}, 0, {60, 40}, 0, 0, {}},
                         {"the good ones", {{{"a", 50}, {"b", 40}}, false}, 0, {50, 40}, 0, 0, {}},
                         {"more", {{{"a", 61}, {"b", 40}}, false}, 0, {61, 40}, 1, 0, {}},
                         {"more, of those given up", {{{"a", 61}, {"b", 40}}, false}, 1, {61, 40}, 0, 0, {}},
                         {"fewer", {{{"a", 60}, {"c", 7}, {"d", 0}}, true}, 0, {60, 0}, 0, 30, {{"c", 7}}}}) {
    CAPTURE(c.what);
    RouteSample sample;
    sample.got.resize(2);
    sample.sent = 100;
    sample.failed = 10;
    take(c.growth, {"a", "b"}, c.given_up, sample);
    CHECK(sample.got == c.got);
    CHECK(sample.excess == c.excess);
    CHECK(sample.unidentified == c.unidentified);
    CHECK(sample.others == c.others);
    CHECK(sample.hosts_changed == c.growth.endpoints_changed);
  }
}

}  // namespace
}  // namespace meshdns
