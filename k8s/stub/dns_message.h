#pragma once

// DNS messages of a client, by ldns: a query and what comes back for it. Pure functions; the octets are hostile until they are read.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zone/address.h"
#include "zone/name.h"

namespace meshdns {

struct DnsQuestion {
  Name name;
  uint16_t type = 0;  // zone/rr_type.h

  /// "a.bar.global A"
  std::string text() const;

  bool operator==(const DnsQuestion&) const = default;
};

struct DnsSoa {
  Name zone;
  Name primary;
  Name mailbox;

  bool operator==(const DnsSoa&) const = default;
};

struct DnsReply {
  uint8_t rcode = 0;
  bool authoritative = false;
  bool truncated = false;
  bool recursive = false;            // who answers asks others, too
  std::vector<IpAddress> addresses;  // of the answer section, sorted, each once
  std::vector<Name> name_servers;    // of the answer section
  std::optional<DnsSoa> soa;         // of the answer section, else of the authority section

  /// For people: "NOERROR, 240.0.0.2", "NXDOMAIN".
  std::string text() const;
};

inline constexpr uint8_t kNoError = 0;
inline constexpr uint8_t kServfail = 2;
inline constexpr uint8_t kNxDomain = 3;
inline constexpr uint8_t kRefusedRcode = 5;

/// "NXDOMAIN"; a number where it has no name.
std::string rcode_text(uint8_t rcode);

/// With a fresh ID and EDNS.
std::vector<uint8_t> dns_query(const DnsQuestion& question);

/// Nothing where the octets are no answer to that query: another ID, another question, or no message at all.
std::optional<DnsReply> dns_reply(std::span<const uint8_t> query, std::span<const uint8_t> octets);

}  // namespace meshdns
