#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace meshdns {

/// Unix seconds of an RFC 3339 timestamp, fractions cut off; nothing where it is none.
std::optional<int64_t> rfc3339_seconds(std::string_view text);

}  // namespace meshdns
