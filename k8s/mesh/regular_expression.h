#pragma once

// Regular expressions of RE2, which are Envoy's: their time is linear in the text, whoever wrote expression and text.
//
// Source: https://github.com/google/re2/wiki/Syntax

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "zone/result.h"

namespace re2 {
class RE2;
}

namespace meshdns {

class RegularExpression {
 public:
  static constexpr size_t kLongest = 4096;

  static Result<RegularExpression> parse(std::string_view expression);

  bool matches_whole(std::string_view text) const;

  /// Where it is found first: what its first group matches, or without groups all of it. Nothing where that is nothing.
  std::optional<std::string> find(std::string_view text) const;

 private:
  std::shared_ptr<const re2::RE2> compiled_;
};

/// An expression that `text` alone matches.
std::string regular_expression_of(std::string_view text);

}  // namespace meshdns
