#pragma once

// The records of one zone file, checked: what a zone serves beside ServiceEntries, or instead of them. A plain value.

#include <cstdint>
#include <map>
#include <vector>

#include "zone/name.h"

namespace meshdns {

struct ZoneRecords {
  struct Rrset {
    uint16_t type;
    uint32_t ttl;  // seconds, below 2³¹
    std::vector<std::vector<uint8_t>>
        rdata;  // wire form, names uncompressed and in the file's case; at least one, no two alike
    bool operator==(const Rrset&) const = default;
  };
  /// RRsets of different types, at least one. Where one is CNAME, it is alone but for DNSSEC's types (RFC 4034 §2.5).
  using Owner = std::vector<Rrset>;

  std::map<Name, Owner> owners;  // all at or below the apex

  /// Whether the file brings SOA and NS of the apex: then it is the whole zone. Else it is a part, beside ServiceEntries.
  bool whole = false;

  bool operator==(const ZoneRecords&) const = default;
};

}  // namespace meshdns
