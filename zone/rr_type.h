#pragma once

// The RR types that the server treats on their own. Others are numbers that it only carries (RFC 3597).

#include <cstdint>

namespace meshdns::rr_type {

inline constexpr uint16_t kA = 1;
inline constexpr uint16_t kNs = 2;
inline constexpr uint16_t kSoa = 6;
inline constexpr uint16_t kAaaa = 28;
inline constexpr uint16_t kOpt = 41;    // RFC 6891
inline constexpr uint16_t kIxfr = 251;  // RFC 1995
inline constexpr uint16_t kAxfr = 252;  // RFC 5936
inline constexpr uint16_t kAny = 255;

}  // namespace meshdns::rr_type
