#pragma once

// Spans of time as the configuration writes them: a whole number and a unit, "500ms", "30s", "2m", "1h".

#include <chrono>
#include <string>
#include <string_view>

#include "zone/result.h"

namespace meshdns {

/// One number, one unit of ms, s, m or h; no sign, no fraction, no spaces. "0s" is fine, a bare number is not.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// In the largest unit that takes it without a remainder: 90 s is "90s", 120 s is "2m".
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace meshdns
