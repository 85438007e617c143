#pragma once

// Which virtual addresses a host gets, given what the ledger and the clusters know of it. Pure.

#include <optional>
#include <string>
#include <vector>

#include "k8s/mesh/vip_ledger.h"
#include "zone/result.h"

namespace meshdns {

/// What the host's ServiceEntry in one cluster has.
struct PresentVips {
  std::string where;  // "west: ServiceEntry bar/a"
  std::vector<IpAddress> addresses;
};

/// `wanted`: by hand; nothing: those that the ledger has, else those that an entry has, else new ones. The ledger has them afterwards. The error:
/// somebody else has them, a pool is exhausted, or clients would have to change over from another address.
Result<std::vector<IpAddress>> choose_vips(VipLedger& ledger, const std::string& host, std::optional<IpAddress> wanted,
                                           const std::vector<PresentVips>& present, const VipRules& rules);

}  // namespace meshdns
