#include "k8s/mesh/chi_squared.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace meshdns {
namespace {

using Weights = std::vector<int64_t>;
using Counts = std::vector<uint64_t>;

constexpr double kAlpha = 0.001;

TEST_CASE("statistic, degrees of freedom and p, as R's chisq.test has them") {
  struct Case {
    Counts got;
    Weights weights;
    double statistic;
    int degrees_of_freedom;
    double p;
  };
  for (const Case& c : std::vector<Case>{{{1000, 500, 500}, {50, 25, 25}, 0, 2, 1},
                                         {{504, 258, 238}, {50, 25, 25}, 0.864, 2, 0.649209},
                                         {{800, 600, 600}, {2, 1, 1}, 80, 2, 4.24835e-18},
                                         {{60, 40}, {1, 1}, 4, 1, 0.0455003},
                                         {{60, 40, 7}, {1, 1, 0}, 4, 1, 0.0455003},
                                         {{100}, {7}, 0, 0, 1},
                                         {{10, 20, 30, 40}, {1, 2, 3, 4}, 0, 3, 1}}) {
    CAPTURE(c.statistic);
    const auto test = chi_squared(c.got, c.weights);
    REQUIRE(test);
    CHECK(test->statistic == doctest::Approx(c.statistic));
    CHECK(test->degrees_of_freedom == c.degrees_of_freedom);
    CHECK(test->p == doctest::Approx(c.p));
  }
}

TEST_CASE("too few to tell") {
  CHECK_FALSE(chi_squared({10, 4}, {3, 1}));
  CHECK(chi_squared({15, 5}, {3, 1}));
  CHECK_FALSE(chi_squared({0, 0}, {1, 1}));
}

TEST_CASE("how many are enough") {
  CHECK(least_count({50, 25, 25}) == 20);
  CHECK(least_count({1, 0, 999}) == 5000);
  CHECK(least_count({1, 2}) == 15);
  CHECK(least_count({3, 7}) == 17);
  CHECK(least_count({7}) == 5);
  CHECK(least_count({0}) == 0);
  CHECK(least_count({}) == 0);
  CHECK(least_count({2147483647, 1}) == 10'737'418'240);
}

Counts drawn(const Weights& weights, int count, std::mt19937_64& random) {
  std::discrete_distribution<size_t> draw(weights.begin(), weights.end());
  Counts got(weights.size());
  for (int i = 0; i < count; ++i) ++got[draw(random)];
  return got;
}

TEST_CASE("2,000 requests tell 40/30/30 from 50/25/25 in 20 of 20, and do not hold 50/25/25 against itself") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20; ++i) {
    CHECK(chi_squared(drawn({40, 30, 30}, 2000, random), {50, 25, 25})->p < kAlpha);
    CHECK(chi_squared(drawn({50, 25, 25}, 2000, random), {50, 25, 25})->p >= kAlpha);
  }
}

TEST_CASE("false alarms are as rare as alpha says") {
  constexpr int kRuns = 20'000;
  for (const Weights& weights : std::vector<Weights>{{50, 25, 25}, {90, 10}, {1, 1, 1, 1, 1}}) {
    std::mt19937_64 random(11);
    int alarms = 0;
    for (int i = 0; i < kRuns; ++i) alarms += chi_squared(drawn(weights, 1000, random), weights)->p < kAlpha ? 1 : 0;
    CAPTURE(weights.size());
    CHECK(alarms > kRuns * kAlpha / 2);
    CHECK(alarms < kRuns * kAlpha * 2);
  }
}

}  // namespace
}  // namespace meshdns
