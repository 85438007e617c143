#pragma once

// The RR types that the server treats on their own. Others are numbers that it only carries (RFC 3597).

#include <cstdint>

namespace meshdns::rr_type {

inline constexpr uint16_t kA = 1;
inline constexpr uint16_t kNs = 2;
inline constexpr uint16_t kCname = 5;
inline constexpr uint16_t kSoa = 6;
inline constexpr uint16_t kPtr = 12;
inline constexpr uint16_t kMx = 15;
inline constexpr uint16_t kTxt = 16;
inline constexpr uint16_t kAaaa = 28;
inline constexpr uint16_t kSrv = 33;    // RFC 2782
inline constexpr uint16_t kDname = 39;  // RFC 6672
inline constexpr uint16_t kOpt = 41;    // RFC 6891
inline constexpr uint16_t kDs = 43;     // RFC 4034
inline constexpr uint16_t kSvcb = 64;   // RFC 9460
inline constexpr uint16_t kHttps = 65;
inline constexpr uint16_t kTsig = 250;  // RFC 8945
inline constexpr uint16_t kIxfr = 251;  // RFC 1995
inline constexpr uint16_t kAxfr = 252;  // RFC 5936
inline constexpr uint16_t kAny = 255;

}  // namespace meshdns::rr_type
