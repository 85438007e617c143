#pragma once

// What a wrong word was meant to be, for messages. Pure functions.

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>

namespace meshdns {

/// The candidate that takes the fewest edits (insert, delete, replace, swap of neighbours) to become `word`, and at most `most`; upper and
/// lower case count as the same letter. The first of several; empty where there is none.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates,
                         size_t most = std::numeric_limits<size_t>::max() - 1);

}  // namespace meshdns
