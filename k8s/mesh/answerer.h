#pragma once

// Who answered, as a response says it: in a header, or where a regular expression finds it in the body.

#include <optional>
#include <string>
#include <string_view>

#include "k8s/mesh/regular_expression.h"
#include "zone/result.h"

namespace meshdns {

class Answerer {
 public:
  /// As much of a body as is looked at, and of what it says as is kept.
  static constexpr size_t kLookedAt = 64 << 10;
  static constexpr size_t kLongest = 256;

  /// header:NAME or body:REGEX
  static Result<Answerer> parse(std::string_view text);

  /// The header's name, in lower case; empty where the body says it.
  const std::string& header() const { return header_; }

  /// Nothing where the response does not say it. `header`: the value of header(); `body`: its first octets will do.
  std::optional<std::string> said(std::string_view header, std::string_view body) const;

 private:
  std::string header_;
  std::optional<RegularExpression> expression_;
};

}  // namespace meshdns
