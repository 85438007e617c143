#pragma once

// The fields of a record between the master file and ldns: what ldns would wrap, cut off, read beyond its buffers or
// take for something else is refused here, and the rest is written so that ldns takes it as it is meant. Any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "zone/result.h"
#include "zone/zone_text_reader.h"

namespace meshdns {

/// The fields of a type that ldns knows, in one line: a space before each, strings in quotes, absolute names, octets
/// beyond plain text as \DDD, no comments, no parentheses.
Result<std::string> plain_fields(uint16_t type, std::span<const ZoneToken> tokens, std::string_view origin);

/// As much of the fields as a message has room for.
std::string shown(std::span<const ZoneToken> tokens);

Error expected(const ZoneToken& found, const std::string& what);

/// A number without sign, all of `text`.
std::optional<uint32_t> parse_number(std::string_view text, uint32_t most);

}  // namespace meshdns
