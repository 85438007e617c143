#pragma once

#include <span>
#include <string_view>

namespace meshdns {

/// The candidate that takes the fewest edits (insert, delete, replace, swap of neighbours) to become `word`; upper and lower case
/// count as the same letter. The first of several; empty without candidates.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace meshdns
