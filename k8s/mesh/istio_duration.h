#pragma once

// Spans of time as Istio's objects write them: Go's form, "0.5s", "500ms", "1m30s".
//
// Source: https://pkg.go.dev/time#ParseDuration; istiod's validation takes no less than 1 ms and no part of one, and no connectTimeout
// above 1 h.

#include <chrono>
#include <string_view>

#include "zone/result.h"

namespace meshdns {

/// From 1 ms to 1 h, in whole milliseconds.
Result<std::chrono::milliseconds> parse_istio_duration(std::string_view text);

}  // namespace meshdns
