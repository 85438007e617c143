#pragma once

// What is to be delegated: a zone, and the servers that the cluster's DNS is to ask for it. Plain values.
//
// Source: https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zone/address.h"
#include "zone/name.h"
#include "zone/result.h"

namespace meshdns {

inline constexpr uint16_t kDnsPort = 53;

struct DnsServer {
  IpAddress address;
  uint16_t port = kDnsPort;

  /// As forward and stubDomains take it: "10.96.0.53", "10.96.0.53:5353", "[fd00::1]:5353".
  std::string text() const;

  bool operator==(const DnsServer&) const = default;
};

struct StubDomain {
  Name zone;
  std::vector<DnsServer> servers;  // at least one

  /// As DnsServer::text().
  std::vector<std::string> server_texts() const;
};

/// As many as CoreDNS's forward takes.
inline constexpr size_t kMostServers = 15;

/// An address that can be asked, with a port or without one. A hostname is refused: CoreDNS takes none before 1.14.4, and resolves it
/// once; NodeLocal DNSCache refuses its whole configuration.
Result<DnsServer> parse_dns_server(std::string_view text);

/// A zone that may be delegated: letters, digits, hyphens and underscores, below the root, no reverse zone, no wildcard. The error says
/// what is in the way.
Result<Name> parse_stub_zone(std::string_view text);

}  // namespace meshdns
