#pragma once

// The pool that virtual addresses are taken from. A VIP belongs to a host: sidecars capture it, nothing else routes it. So it may be any
// address that nothing in any cluster has, and it must be no other host's.
//
// Threads: any. A plain value.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "zone/address.h"
#include "zone/result.h"

namespace meshdns {

/// Class E: no network routes it, and Linux takes it for an address like any other.
inline constexpr std::string_view kDefaultPool = "240.0.0.0/16";

/// "240.0.0.0/16"
std::string text(const IpBlock& block);

bool overlap(const IpBlock& one, const IpBlock& other);

/// What istiod gives to entries without addresses (status.addresses), in each cluster anew: never anybody's VIP.
/// Nothing: `block` has none of it. Source: istio/istio pilot/pkg/controllers/ipallocate.
std::optional<IpBlock> istiods_own(const IpBlock& block);

struct ReservedBlock {
  IpBlock block;
  std::string why;
};

/// What is nobody's VIP: istiod's own, and addresses that no sidecar captures. Nothing: `block` has none of it.
/// Source: https://www.iana.org/assignments/iana-ipv4-special-registry, iana-ipv6-special-registry.
std::optional<ReservedBlock> reserved(const IpBlock& block);

class VipPool {
 public:
  /// A CIDR block: IPv4 from /8 to /30, IPv6 from /64 to /126, with nothing that is reserved.
  static Result<VipPool> parse(std::string_view text);

  const IpBlock& block() const { return block_; }
  bool is_v4() const { return block_.base().is_v4(); }
  std::string text() const { return meshdns::text(block_); }

  /// How many addresses it has to give: none that ends in 0 or 255, which old stacks take for a network's, and neither its first nor its
  /// last.
  uint64_t size() const;

  /// The first address for the host that is free; nothing: none is. Begins at a hash of the host, so that most hosts get the same address
  /// from whoever asks, and goes on with the next ones. `blocked` says up to which address it is in vain to ask on; nothing: this one is free.
  using Blocked = std::function<std::optional<IpAddress>(const IpAddress&)>;
  std::optional<IpAddress> first_free(std::string_view host, const Blocked& blocked) const;

 private:
  explicit VipPool(IpBlock block);

  IpAddress at(uint64_t offset) const;
  uint64_t offset_of(const IpAddress& address) const;
  bool gives(uint64_t offset) const;

  IpBlock block_;
  uint64_t last_;  // offset of the last address: 2ⁿ - 1
};

}  // namespace meshdns
