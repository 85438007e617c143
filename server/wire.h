#pragma once

// Numbers in network byte order, and the header of a DNS message (RFC 1035 §4.1.1, RFC 4035 §3.1.6 for AD and CD).

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace meshdns {

inline uint16_t get16(const uint8_t* at) {
  uint16_t value;
  std::memcpy(&value, at, sizeof value);
  return __builtin_bswap16(value);
}

inline uint32_t get32(const uint8_t* at) {
  uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return __builtin_bswap32(value);
}

inline void put16(uint8_t* at, unsigned value) {
  const uint16_t swapped = __builtin_bswap16(static_cast<uint16_t>(value));
  std::memcpy(at, &swapped, sizeof swapped);
}

inline void put32(uint8_t* at, uint32_t value) {
  value = __builtin_bswap32(value);
  std::memcpy(at, &value, sizeof value);
}

inline constexpr size_t kHeaderSize = 12;  // octets

// Of the header's second 16 bits.
inline constexpr unsigned kFlagQr = 0x8000;
inline constexpr unsigned kOpcodeMask = 0x7800;
inline constexpr unsigned kFlagAa = 0x0400;
inline constexpr unsigned kFlagTc = 0x0200;
inline constexpr unsigned kFlagRd = 0x0100;
inline constexpr unsigned kFlagCd = 0x0010;
inline constexpr unsigned kRcodeMask = 0x000f;

// RFC 1035 §4.1.1; YXDOMAIN: RFC 2136 §2.2; NOTAUTH: RFC 8945 §3; BADVERS: RFC 6891 §9; BADCOOKIE: RFC 7873 §8.
enum class Rcode : uint16_t {
  kNoError = 0,
  kFormErr = 1,
  kServFail = 2,
  kNxDomain = 3,
  kNotImp = 4,
  kRefused = 5,
  kYxDomain = 6,
  kNotAuth = 9,
  kBadVers = 16,
  kBadCookie = 23,
};

inline constexpr uint16_t kClassIn = 1;
inline constexpr uint16_t kClassChaos = 3;

}  // namespace meshdns
