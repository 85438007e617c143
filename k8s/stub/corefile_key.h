#pragma once

// What stands in front of a server block: "global", ".:53", "tls://example.org", "10.0.0.0/15:1053". As CoreDNS normalises it: a network
// is its reverse zones, as many as it takes, and a port that is not written is the scheme's.
//
// Source: github.com/coredns/coredns, core/dnsserver/register.go and plugin/normalize.go.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zone/name.h"
#include "zone/result.h"

namespace meshdns {

struct ZoneAddress {
  std::string scheme;  // "dns", "tls", "quic", "grpc", "https", "https3" or "unix"
  Name zone;
  uint16_t port;  // 0 for unix

  bool operator==(const ZoneAddress&) const = default;
};

/// The error is a phrase: what is wrong with the key.
Result<std::vector<ZoneAddress>> parse_server_key(std::string_view text);

}  // namespace meshdns
