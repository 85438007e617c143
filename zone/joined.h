#pragma once

// Texts in a row, for messages.

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace meshdns {

/// What `text` (a function, or a member function) makes of each, with `between` between two of them.
template <class Range, class Text = std::identity>
std::string joined(const Range& range, Text text = {}, std::string_view between = ", ") {
  std::string all;
  bool first = true;
  for (const auto& each : range) {
    if (!std::exchange(first, false)) all += between;
    all += std::invoke(text, each);
  }
  return all;
}

}  // namespace meshdns
