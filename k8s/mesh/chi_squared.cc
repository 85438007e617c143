#include "k8s/mesh/chi_squared.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>

namespace meshdns {
namespace {

double sum_of(const std::vector<int64_t>& weights) {
  double sum = 0;
  for (const int64_t weight : weights) sum += static_cast<double>(weight);
  return sum;
}

}  // namespace

std::optional<ChiSquared> chi_squared(const std::vector<uint64_t>& got, const std::vector<int64_t>& weights) {
  double count = 0;
  for (size_t i = 0; i < weights.size(); ++i) count += weights[i] > 0 ? static_cast<double>(got[i]) : 0;
  const double sum = sum_of(weights);
  ChiSquared test;
  int kinds = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0) continue;
    const double expected = count * static_cast<double>(weights[i]) / sum;
    if (expected < kLeastExpected) return std::nullopt;
    const double off = static_cast<double>(got[i]) - expected;
    test.statistic += off * off / expected;
    ++kinds;
  }
  test.degrees_of_freedom = std::max(kinds - 1, 0);
  if (test.degrees_of_freedom == 0) return test;
  const boost::math::chi_squared distribution(test.degrees_of_freedom);
  test.p = boost::math::cdf(boost::math::complement(distribution, test.statistic));
  return test;
}

uint64_t least_count(const std::vector<int64_t>& weights) {
  int64_t least = 0;
  for (const int64_t weight : weights) {
    if (weight > 0 && (least == 0 || weight < least)) least = weight;
  }
  return least == 0 ? 0
                    : static_cast<uint64_t>(std::ceil(kLeastExpected * sum_of(weights) / static_cast<double>(least)));
}

}  // namespace meshdns
