#pragma once

// What the fuzz targets demand. What does not hold ends the program, which is a finding.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace meshdns::fuzz {

void require(bool holds, std::string_view what);

/// A message that ldns reads: header, question, every record, and nothing behind the last one.
void require_message(std::span<const uint8_t> message);

/// Octets that a response over UDP may have at most (RFC 6891 §6.2.5), as ldns reads the query: 512 to 1232.
size_t udp_limit(std::span<const uint8_t> query);

/// Whether ldns takes `wire` for one uncompressed name.
bool is_name(std::span<const uint8_t> wire);

}  // namespace meshdns::fuzz
