#include "zone/nearest.h"

#include <algorithm>
#include <vector>

namespace meshdns {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_same(char a, char b) { return lower(a) == lower(b); }

/// What both begin and end with makes no difference: hosts of one zone and namespace have most in common.
void strip_common(std::string_view& a, std::string_view& b) {
  const auto front = static_cast<size_t>(std::ranges::mismatch(a, b, is_same).in1 - a.begin());
  a.remove_prefix(front);
  b.remove_prefix(front);
  while (!a.empty() && !b.empty() && is_same(a.back(), b.back())) {
    a.remove_suffix(1);
    b.remove_suffix(1);
  }
}

/// Optimal string alignment distance, by rows; `most` or more once it cannot be less: of thousands of hosts, nearly all differ at once.
size_t distance(std::string_view a, std::string_view b, size_t most) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) >= most) return most;
  strip_common(a, b);
  std::vector<size_t> before_last(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (is_same(a[i - 1], b[j - 1]) ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) && is_same(a[i - 2], b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    // A swap skips a row, so that two of them bound what follows.
    if (std::min(*std::ranges::min_element(row), *std::ranges::min_element(last)) >= most) return most;
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates, size_t most) {
  constexpr size_t kLongest = 256;  // longer than any candidate: what is behind it only adds to every distance
  std::string_view best;
  size_t best_distance = most + 1;
  for (const std::string_view candidate : candidates) {
    const size_t d = distance(word.substr(0, kLongest), candidate, best_distance);
    if (d >= best_distance) continue;
    best = candidate;
    best_distance = d;
  }
  return best;
}

}  // namespace meshdns
