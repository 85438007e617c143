#pragma once

// The class CHAOS: what server this is (RFC 4892, and the names that BIND began with).

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "server/identity.h"
#include "zone/owner_node.h"
#include "zone/query_name.h"

namespace meshdns {

/// Threads: immutable.
class Chaos {
 public:
  explicit Chaos(const Identity& identity);

  /// The TXT record for version.bind, version.server, hostname.bind or id.server, asked for as TXT or ANY. Null where there is none,
  /// or none to be told: REFUSED.
  OwnerNode::Found find(const QueryName& name, uint16_t type) const;

 private:
  /// A record in answer form. Empty: not told.
  struct Txt {
    explicit Txt(std::string_view text);
    OwnerNode::Found found() const;

    std::vector<uint8_t> record;
    Rrset rrset{};
  };

  const Txt version_;
  const Txt server_;
};

}  // namespace meshdns
