#pragma once

// Spans of time as Istio's objects write them: Go's form, "0.5s", "500ms", "1m30s".
//
// Source: https://pkg.go.dev/time#ParseDuration; istiod's validation takes no less than 1 ms and no part of one, and no connectTimeout
// above 1 h.

#include <chrono>
#include <string>
#include <string_view>

#include "zone/result.h"

namespace meshdns {

inline constexpr std::chrono::milliseconds kLongestWish = std::chrono::hours(1);
inline constexpr std::chrono::milliseconds kLongestEver =
    std::chrono::hours(24 * 365);  // in objects, whoever wrote them

/// From 1 ms to `most`, in whole milliseconds.
Result<std::chrono::milliseconds> parse_istio_duration(std::string_view text,
                                                       std::chrono::milliseconds most = kLongestWish);

/// "30s", or "500ms" where it is no whole number of seconds.
std::string istio_duration_text(std::chrono::milliseconds duration);

}  // namespace meshdns
