#include "k8s/api/backoff.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

namespace meshdns {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("waits double up to the longest, and begin again after health") {
  struct Failure {
    seconds at;
    double random;
    milliseconds wait;
  };
  const std::vector<Failure> failures = {
      {seconds(0), 0.0, milliseconds(800)},     {seconds(1), 0.5, milliseconds(2400)},
      {seconds(2), 0.0, milliseconds(3200)},    {seconds(3), 0.0, milliseconds(6400)},
      {seconds(4), 0.0, milliseconds(12800)},   {seconds(5), 0.0, milliseconds(25600)},
      {seconds(6), 0.0, milliseconds(30000)},   {seconds(7), 0.999, milliseconds(59970)},
      {seconds(126), 0.0, milliseconds(30000)}, {seconds(246), 0.25, milliseconds(1000)},
      {seconds(247), 0.0, milliseconds(1600)},
  };
  double random = 0;
  Backoff backoff(Backoff::Limits{}, [&random] { return random; });
  for (const Failure& failure : failures) {
    CAPTURE(failure.at.count());
    random = failure.random;
    CHECK(backoff.next(Backoff::Clock::time_point(seconds(1000)) + failure.at) == failure.wait);
  }
  random = 0;
  const auto later = Backoff::Clock::time_point(seconds(2000));
  for (const int wait : {800, 1600, 3200, 5000, 5000}) CHECK(backoff.next_cheap(later) == milliseconds(wait));
  CHECK(backoff.next(later) == milliseconds(10000));
}

TEST_CASE("a server that says how long to wait is believed ten times in a row, and up to two minutes") {
  const std::vector<std::pair<seconds, milliseconds>> waits = {{seconds(1), seconds(1)},
                                                               {seconds(120), seconds(120)},
                                                               {seconds(121), seconds(120)},
                                                               {seconds::max(), seconds(120)}};
  Backoff backoff;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 10; ++i) {
      const auto& [told, wait] = waits[static_cast<size_t>(i) % waits.size()];
      CHECK_FALSE(backoff.told(seconds(0)));  // which counts as nothing said
      CHECK(backoff.told(told) == wait);
    }
    for (int i = 0; i < 3; ++i) CHECK_FALSE(backoff.told(seconds(1)));
    backoff.accepted();
  }
}

TEST_CASE("its own randomness") {
  for (int i = 0; i < 1000; ++i) {
    const double random = Backoff::system_random();
    CHECK(random >= 0);
    CHECK(random < 1);
  }
}

}  // namespace
}  // namespace meshdns
