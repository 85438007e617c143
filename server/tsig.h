#pragma once

// TSIG (RFC 8945), as far as a server without keys goes: it reads the record, and answers that it does not know the key.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "server/record_view.h"
#include "zone/name.h"

namespace meshdns {

/// What of a query's TSIG comes back in the response. A scratch object.
class Tsig {
 public:
  /// Reads the record, which stands in `message`. False where its class, a name or its RDATA is malformed.
  bool parse(std::span<const uint8_t> message, const RecordView& record);

  /// Octets that write_bad_key() writes.
  size_t bad_key_size() const;

  /// §5.2.1: the record that says BADKEY. It is not signed: there is nothing to sign it with.
  size_t write_bad_key(uint8_t* out) const;

 private:
  struct WireName {
    std::span<const uint8_t> wire() const { return {octets.data(), size}; }

    size_t size;
    std::array<uint8_t, Name::kMaxLength> octets;
  };

  static bool expand(std::span<const uint8_t> message, size_t at, WireName& name);

  WireName key_;
  WireName algorithm_;
  std::array<uint8_t, 8> time_and_fudge_;  // as they came
  uint16_t original_id_;
};

}  // namespace meshdns
