#pragma once

// The records of one zone file, checked: what a zone serves beside ServiceEntries, or instead of them. A plain value.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "zone/name.h"
#include "zone/result.h"

namespace meshdns {

struct ZoneRecords {
  struct Rrset {
    uint16_t type;
    uint16_t octets;  // in answer form: 12 and the RDATA a record
    uint32_t ttl;     // seconds, below 2³¹
    /// Wire form, names uncompressed and in the file's case; at least one, no two alike.
    std::vector<std::vector<uint8_t>> rdata;
    /// Of several records, by RDATA with names in lower case: to find one that is there already.
    std::vector<uint16_t> order;
    bool operator==(const Rrset&) const = default;
  };
  /// RRsets of different types, at least one. Where one is CNAME, it is alone but for DNSSEC's types (RFC 4034 §2.5).
  using Owner = std::vector<Rrset>;

  std::map<Name, Owner> owners;  // all at or below the apex

  /// Whether the file brings SOA and NS of the apex: then it is the whole zone. Else it is a part, beside
  /// ServiceEntries.
  bool whole = false;

  /// Octets of an RRset in answer form (12 and the RDATA a record): what a TCP message (65,535) holds behind its header
  /// (12), the longest question (259) and an OPT with its options (264).
  static constexpr size_t kMaxRrset = 65'000;

  bool has(const Name& owner, uint16_t type) const;

  /// Adds a record at or below the apex; one that is there already changes nothing (RFC 2181 §5). Records of one RRset
  /// have the lowest of their TTLs (RFC 2181 §5.2). The error: what forbids it.
  std::optional<Error> add(const Name& owner, uint16_t type, uint32_t ttl, std::vector<uint8_t> rdata);

  bool operator==(const ZoneRecords&) const = default;
};

}  // namespace meshdns
