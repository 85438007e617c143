#pragma once

// Pearson's chi-squared test of counts against weights: how likely counts at least as far off are, if the weights hold.
//
// Source: https://www.itl.nist.gov/div898/handbook/eda/section3/eda35f.htm

#include <cstdint>
#include <optional>
#include <vector>

namespace meshdns {

/// Below this many expected of one kind the statistic does not follow its distribution.
inline constexpr double kLeastExpected = 5;

struct ChiSquared {
  double statistic = 0;
  int degrees_of_freedom = 0;  // 0: one kind alone, which says nothing
  double p = 1;
};

/// `got` and `weights` are of the same kinds, in the same order; kinds of weight 0 do not take part. Nothing: one of the others is to be expected
/// less than kLeastExpected times.
std::optional<ChiSquared> chi_squared(const std::vector<uint64_t>& got, const std::vector<int64_t>& weights);

/// The least sum of counts with which each kind of weight above 0 is to be expected kLeastExpected times. 0 where no weight is above 0.
uint64_t least_count(const std::vector<int64_t>& weights);

}  // namespace meshdns
