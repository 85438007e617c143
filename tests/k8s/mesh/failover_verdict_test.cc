#include "k8s/mesh/failover_verdict.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

using std::chrono::milliseconds;

/// 600 requests, a move at 1 s, and back at 4 s.
struct Seen {
  FailoverTimeline timeline;
  FailoverRequests requests;
};

Seen as_hoped() {
  Seen seen;
  FailoverTimeline& timeline = seen.timeline;
  timeline.localities = {"region1", "region2"};
  timeline.locality_of = {0, 1};
  timeline.all = {{303, 300, 3}, {300, 300, 0}};
  timeline.answered = 600;
  timeline.outages = {
      {0, {milliseconds(900), milliseconds(1105)}, Span{milliseconds(1000), milliseconds(1205)}, {}, 3, {0, 300}}};
  seen.requests.planned = seen.requests.sent = 600;
  return seen;
}

void lose(Seen& seen, uint64_t lost) {
  seen.requests.lost = lost;
  seen.requests.losses = {{"status 503", lost}};
  seen.requests.lost_between = {milliseconds(1010), milliseconds(1010 + 100 * (lost - 1))};
  seen.timeline.answered -= lost;
}

TEST_CASE("what is judged how, and why") {
  struct Case {
    const char* what;
    void (*change)(Seen&);
    VerdictState state;
    std::vector<std::string> reasons;
  };
  const std::string no_move =
      "no move was seen: region1 (50.0%), region2 (50.0%) answered from the beginning to the end; kill the servers of "
      "one "
      "locality meanwhile";
  const std::vector<Case> cases = {
      {"moved, and nothing lost", [](Seen&) {}, VerdictState::kPassed, {}},
      {"one lost",
       [](Seen& seen) { lose(seen, 1); },
       VerdictState::kFailed,
       {"1 of 600 requests were lost, at 1.01 s: status 503 (1)"}},
      {"several lost, and no move",
       [](Seen& seen) {
         lose(seen, 3);
         seen.timeline.outages.clear();
       },
       VerdictState::kFailed,
       {"3 of 600 requests were lost, from 1.01 s to 1.21 s: status 503 (3)", no_move}},
      {"no move", [](Seen& seen) { seen.timeline.outages.clear(); }, VerdictState::kInconclusive, {no_move}},
      {"dark, but asked to the end",
       [](Seen& seen) { seen.timeline.outages[0].moved.reset(); },
       VerdictState::kInconclusive,
       {"no move was seen: region1 answers nothing from 0.90 s on, but requests went there to the end, or too few came "
        "behind: 3 "
        "attempts failed there"}},
      {"too few",
       [](Seen& seen) {
         seen.timeline.outages.clear();
         seen.timeline.answered = seen.requests.sent = seen.requests.planned = 19;
       },
       VerdictState::kInconclusive,
       {"only 19 requests were answered, expected 20 at least before the first trouble"}},
      {"interrupted behind the move",
       [](Seen& seen) {
         seen.requests.planned = 1000;
         seen.requests.interrupted = true;
       },
       VerdictState::kInconclusive,
       {"interrupted after 600 of 1000 requests"}},
      {"slower than planned", [](Seen& seen) { seen.requests.planned = 700; }, VerdictState::kPassed, {}},
      {"others in the pod",
       [](Seen& seen) { seen.timeline.answered = 640; },
       VerdictState::kInconclusive,
       {"the sidecar counted 40 answers more than requests were sent: others in this pod call the host, too; ask from "
        "a pod that does "
        "nothing else"}},
      {"an answer behind our patience",
       [](Seen& seen) {
         lose(seen, 2);
         seen.timeline.answered = 600;
       },
       VerdictState::kFailed,
       {"2 of 600 requests were lost, from 1.01 s to 1.11 s: status 503 (2)"}},
      {"counts are lost",
       [](Seen& seen) { seen.timeline.answered = 590; },
       VerdictState::kInconclusive,
       {"10 of 600 answers came from none of the endpoints, as the sidecar counts: they changed meanwhile, or "
        "something else answers; "
        "run it again"}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    Seen seen = as_hoped();
    c.change(seen);
    const FailoverVerdict verdict = failover_verdict(seen.timeline, seen.requests);
    CHECK(verdict.state == c.state);
    CHECK(verdict.reasons == c.reasons);
  }
}

TEST_CASE("how localities are called") {
  CHECK(locality_text("") == "no locality");
  CHECK(locality_text("r\x1b[2J") == "r?[2J");
  CHECK(seconds_text(milliseconds(5121)) == "5.13 s");
  CHECK(seconds_text(milliseconds(0)) == "0.00 s");
}

}  // namespace
}  // namespace meshdns
