#pragma once

// What a client that asks for the changes of a zone (RFC 1995) has of it already.

#include <cstdint>
#include <optional>
#include <span>

namespace meshdns {

/// The serial of the SOA in the authority section of `message`, a well-formed query whose question stands at `question` within it; none
/// where there is no such SOA (RFC 1995 §3: there has to be).
std::optional<uint32_t> ixfr_serial(std::span<const uint8_t> message, std::span<const uint8_t> question);

}  // namespace meshdns
