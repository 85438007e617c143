#pragma once

// EDNS: what the OPT record of a query says, and the OPT of its response.
//
// Source: RFC 6891; the options: RFC 5001 (NSID), 7828 (keepalive), 7873 (COOKIE), 8914 (extended errors). Padding (RFC 7830) is for
// encrypted transports, of which we have none.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "server/identity.h"
#include "server/wire.h"
#include "zone/rr_type.h"

namespace meshdns {

enum class EdnsOption : uint16_t { kNsid = 3, kCookie = 10, kKeepalive = 11, kExtendedError = 15 };

// RFC 8914 §4.
enum class ExtendedError : uint8_t {
  kNotReady = 14,
  kProhibited = 18,
  kNotAuthoritative = 20,
  kNotSupported = 21,
  kNone = 0xff,  // of ours
};

/// What the query's OPT says (§6.1).
struct Edns {
  // Bits of `asked`: the options that we know.
  static constexpr uint8_t kNsid = 1;
  static constexpr uint8_t kCookie = 2;
  static constexpr uint8_t kKeepalive = 4;
  static constexpr uint8_t kKeepaliveMalformed = 8;  // which matters over TCP only

  bool present = false;
  bool dnssec_ok = false;  // DO
  uint8_t version = 0;
  uint8_t asked = 0;                  // options are read where the version is 0
  uint16_t payload_size = 0;          // octets, as the client wrote it
  std::span<const uint8_t> cookie{};  // with kCookie: 8 octets, or 16 to 40

  /// Reads an OPT into what is empty yet: its `fields` from TYPE on, and its RDATA. False where an option overruns, or is a cookie of
  /// a wrong length.
  bool parse(const uint8_t* fields, std::span<const uint8_t> options) {
    constexpr unsigned kDnssecOk = 0x80;  // of the third octet of what is the TTL elsewhere
    present = true;
    dnssec_ok = (fields[6] & kDnssecOk) != 0;
    version = fields[5];
    payload_size = get16(fields + 2);
    // RFC 6891 §6.1.3: what another version says, and in which form, is not for us to judge.
    return options.empty() || version != 0 || parse_options(options);
  }

 private:
  bool parse_options(std::span<const uint8_t> options);
  bool parse_option(EdnsOption code, std::span<const uint8_t> data);
};

/// The options of a response, as they are written. A scratch object.
class OptOptions {
 public:
  void clear() { size_ = 0; }
  size_t size() const { return size_; }
  std::span<const uint8_t> bytes() const { return {bytes_.data(), size_}; }

  void add_nsid(std::string_view nsid);
  void add_cookie(std::span<const uint8_t, 24> cookie) { append(EdnsOption::kCookie, cookie); }
  /// `timeout` in units of 100 ms (RFC 7828 §3.1).
  void add_keepalive(uint16_t timeout) { append16(EdnsOption::kKeepalive, timeout); }
  void add_extended_error(ExtendedError error) { append16(EdnsOption::kExtendedError, static_cast<uint16_t>(error)); }

 private:
  void append16(EdnsOption code, uint16_t value);
  void append(EdnsOption code, std::span<const uint8_t> data);

  static constexpr size_t kHeader = 4;  // OPTION-CODE, OPTION-LENGTH
  size_t size_ = 0;
  std::array<uint8_t, 4 * kHeader + Identity::kMaxSize + 24 + 2 + 2> bytes_;
};

inline constexpr size_t kOptSize = 11;  // octets of an OPT without options

/// Writes the OPT of a response (§6.1.2): root owner, our payload size, the rcode's upper bits, version 0, DO as it came. Returns
/// its octets, kOptSize + options.size().
inline size_t write_opt(uint8_t* out, uint16_t payload_size, Rcode rcode, bool dnssec_ok, const OptOptions& options) {
  out[0] = 0;
  put16(out + 1, rr_type::kOpt);
  put16(out + 3, payload_size);
  out[5] = static_cast<uint8_t>(static_cast<unsigned>(rcode) >> 4);
  out[6] = 0;
  put16(out + 7, dnssec_ok ? 0x8000 : 0);
  put16(out + 9, static_cast<unsigned>(options.size()));
  if (options.size() != 0) std::memcpy(out + kOptSize, options.bytes().data(), options.size());
  return kOptSize + options.size();
}

}  // namespace meshdns
