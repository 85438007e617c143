#pragma once

// RDATA in presentation form: that of every type that ldns parses, and RFC 3597 §5 (\# LENGTH HEX) for all. ldns is
// asked only after what it would wrap, cut off or take for something else has been refused: numbers out of range, half
// octets, unknown types in a bitmap, names that are too long.
//
// Any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zone/result.h"
#include "zone/zone_text_reader.h"

namespace meshdns {

/// The name in `text` in presentation form with its trailing dot, in its case: relative names and "@" are completed
/// with `origin`, which is in that form. Whether it is a name is for Name::parse() to say.
std::string absolute_name(std::string_view text, std::string_view origin);

/// Seconds: digits, or units as in 1h30m (w, d, h, m, s). Nothing where it is neither, or more than 2³¹ − 1 (RFC 2181
/// §8).
std::optional<uint32_t> parse_ttl(std::string_view text);

/// The wire form, names uncompressed and in the text's case. The error says what was found and what was expected.
Result<std::vector<uint8_t>> parse_rdata(uint16_t type, std::span<const ZoneToken> tokens, std::string_view origin);

}  // namespace meshdns
