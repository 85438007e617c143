#include "cmd/ctl/failover_tally.h"

#include <doctest/doctest.h>

#include <vector>

#include "cmd/ctl/paced_requests.h"

namespace meshdns {
namespace {

using std::chrono::milliseconds;

const std::chrono::steady_clock::time_point kStart{milliseconds(10'000)};

PacedAnswer answer(const char* error, int status, int begun, int ended) {
  return {error, status, "", "", kStart + milliseconds(begun), kStart + milliseconds(ended)};
}

TEST_CASE("what is lost, when, and why") {
  FailoverRequests requests;
  for (const PacedAnswer& each : {answer("", 200, 0, 5), answer("", 404, 10, 500), answer("", 499, 20, 22),
                                  answer("cut", 200, 30, 40), answer("", 500, 50, 61), answer("refused", 0, 70, 70)}) {
    take(each, kStart, requests);
  }
  CHECK(requests.sent == 6);
  CHECK(requests.lost == 3);
  CHECK(requests.answered() == 3);
  CHECK(requests.losses == Tally{{"cut", 1}, {"refused", 1}, {"status 500", 1}});
  CHECK(requests.statuses == Tally{{"200", 2}, {"404", 1}, {"499", 1}, {"500", 1}});
  CHECK(requests.lost_between == Span{milliseconds(40), milliseconds(70)});
  CHECK(requests.slowest == milliseconds(490));
}

}  // namespace
}  // namespace meshdns
