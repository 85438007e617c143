#pragma once

// Unix time, in seconds. Any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshdns {

int64_t unix_now();

/// In UTC, as RFC 3339 has it: "2026-01-31T12:00:00Z". What is beyond all calendars stays a number.
std::string rfc3339(int64_t unix_seconds);

/// Of an RFC 3339 timestamp, fractions cut off; nothing where it is none.
std::optional<int64_t> rfc3339_seconds(std::string_view text);

}  // namespace meshdns
