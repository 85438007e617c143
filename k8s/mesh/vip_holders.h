#pragma once

// Who has which addresses: the ServiceEntries of all clusters, or files, whoever has written them.
//
// Threads: any; filled by one.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zone/address.h"

namespace meshdns {

struct ServiceEntry;

struct VipHolder {
  std::string host;
  std::string where;  // "ServiceEntry bar/a of context east"
};

class VipHolders {
 public:
  /// The addresses and blocks of its spec and its status, for each of its hosts.
  void add(const ServiceEntry& entry, const std::string& where);

  /// Somebody else than the host who has the address; null: nobody.
  const VipHolder* other_than(std::string_view host, const IpAddress& address) const;

  /// The last address of a block that has the address, where somebody else than the host has that block; the address itself where somebody
  /// has it alone; nothing: it is free.
  std::optional<IpAddress> taken_up_to(std::string_view host, const IpAddress& address) const;

  /// Whether the host has any.
  bool has(std::string_view host) const;

  /// What somebody has of the block; more than one address at a time counts once.
  size_t within(const IpBlock& block) const;

 private:
  void add(const IpBlock& block, const VipHolder& holder);

  std::multimap<IpAddress, VipHolder> addresses_;
  std::vector<std::pair<IpBlock, VipHolder>> blocks_;  // of more than one address
};

}  // namespace meshdns
