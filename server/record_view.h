#pragma once

// Records of a message as they stand there (RFC 1035 §4.1.3): nothing is copied, no compression pointer followed.

#include <cstddef>
#include <cstdint>
#include <span>

#include "server/wire.h"
#include "zone/name.h"

namespace meshdns {

/// The octets that the possibly compressed name at `at` takes up there; 0 where it is malformed. What a pointer leads to is not
/// looked at.
inline size_t skip_name(std::span<const uint8_t> message, size_t at) {
  for (const size_t start = at; at < message.size(); at += message[at] + size_t{1}) {
    if (message[at] == 0) return at + 1 - start;
    if (message[at] >= 0xc0) return at + 2 <= message.size() ? at + 2 - start : 0;
    if (message[at] > Name::kMaxLabel) return 0;
  }
  return 0;
}

struct RecordView {
  size_t at;                       // where its owner begins
  size_t owner_size;               // octets, as written
  const uint8_t* fields;           // TYPE, CLASS, TTL, RDLENGTH
  std::span<const uint8_t> rdata;  // ends where the next record begins

  uint16_t type() const { return get16(fields); }
  uint16_t klass() const { return get16(fields + 2); }

  /// Reads the record at `at`, and moves `at` behind it. False where there is none, or not all of it.
  bool read(std::span<const uint8_t> message, size_t& at) {
    constexpr size_t kFixed = 10;
    this->at = at;
    owner_size = skip_name(message, at);
    const size_t rdata_at = at + owner_size + kFixed;
    if (owner_size == 0 || rdata_at > message.size()) return false;
    fields = message.data() + rdata_at - kFixed;
    const size_t rdata_size = get16(fields + 8);
    if (rdata_at + rdata_size > message.size()) return false;
    rdata = message.subspan(rdata_at, rdata_size);
    at = rdata_at + rdata_size;
    return true;
  }
};

}  // namespace meshdns
