#pragma once

// Who answers on the way that a pod's query for the zone takes. Plain values.

#include <cstdint>
#include <string>
#include <string_view>

#include "k8s/stub/stub_domain.h"
#include "zone/result.h"

namespace meshdns {

enum class HopKind : uint8_t {
  kServer,     // meshdns
  kReplica,    // a pod of the cluster's DNS
  kService,    // the address of the cluster's DNS
  kNodeLocal,  // NodeLocal DNSCache
};

struct Hop {
  HopKind kind = HopKind::kService;
  std::string name{};  // a replica's pod; may be empty
  DnsServer server{};

  /// "DNS replica coredns-1 (10.244.0.3)"
  std::string text() const;

  /// What parse_hop() reads.
  std::string argument() const;

  bool operator==(const Hop&) const = default;
};

/// "10.96.0.10", "replica/coredns-1=10.244.0.3:5353", "node-local=169.254.20.10"; without a kind, a service. No servers.
Result<Hop> parse_hop(std::string_view text);

}  // namespace meshdns
