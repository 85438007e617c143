#pragma once

// Which host has which virtual addresses, and which it had: the leases. A host keeps its addresses for as long as it has a lease, whoever
// comes and goes; a host that comes back gets the same again.
//
//   ConfigMap meshdns-vips
//     data["a.bar.global"]   240.0.17.4 fd6b:98c1:7a1d::114
//     data["b.bar.global"]   240.0.90.31, released 2026-11-26T19:00:00Z
//
// Threads: any. Plain values, pure functions.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/vip_holders.h"
#include "k8s/mesh/vip_pool.h"
#include "zone/address.h"
#include "zone/result.h"

namespace meshdns {

/// How long a released address leads nowhere: a client that still has the old answer must not reach another service by it. DNS forgets
/// within minutes, but programs that ask once and keep what they got (JVMs, connection pools, nginx) are restarted within a day or so.
/// After that it is given only when the pool has none that nobody ever had.
inline constexpr int64_t kReleasedFor = 24 * 60 * 60;  // seconds

/// The name of the ConfigMap.
inline constexpr std::string_view kLedgerName = "meshdns-vips";

/// A ConfigMap's values are 1 MiB at most, and etcd takes an object of 1.5 MiB, in which each key stands twice (managedFields): hosts
/// and leases of so many octets still fit.
inline constexpr size_t kMostLedgerOctets = 640 << 10;

struct VipLease {
  std::vector<IpAddress> addresses;  // at most one of each family
  std::optional<int64_t> released;   // Unix seconds; nothing: the host has them

  /// As the ledger has it.
  std::string text() const;
  static Result<VipLease> parse(std::string_view text);

  bool operator==(const VipLease&) const = default;
};

using VipLedger = std::map<std::string, VipLease>;  // by host, lower case

/// The leases in the data of a ConfigMap. The error names the key that is none.
Result<VipLedger> parse_ledger(const std::map<std::string, std::string>& data);

/// Octets of its hosts and leases.
size_t ledger_octets(const VipLedger& ledger);

/// Forgets leases that were released long enough ago, the first of them first, until the ledger fits into its ConfigMap. False: it does not.
bool make_room(VipLedger& ledger, int64_t now);

/// What addresses are given by.
struct VipRules {
  std::vector<VipPool> pools;  // at most one of each family
  VipHolders holders;
  int64_t now;  // Unix seconds
};

/// Gives each host a lease with an address of each pool's family; what a host has, it keeps. Which address a host gets does not depend on
/// the order of the hosts. The error: a pool is exhausted, with the figures; the ledger is then half changed.
std::optional<Error> lease(VipLedger& ledger, std::vector<std::string> hosts, const VipRules& rules);

/// Gives the host these addresses. The error: somebody else has one, or had it less than kReleasedFor ago.
std::optional<Error> lease_these(VipLedger& ledger, const std::string& host, const std::vector<IpAddress>& addresses,
                                 const VipRules& rules);

/// The host is gone.
void release(VipLedger& ledger, const std::string& host, int64_t now);

}  // namespace meshdns
