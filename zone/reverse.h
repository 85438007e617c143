#pragma once

// The names of addresses: in-addr.arpa (RFC 1035 §3.5) and ip6.arpa (RFC 3596 §2.5), and the zones that hold those of a block.

#include <optional>
#include <span>
#include <vector>

#include "zone/address.h"
#include "zone/name.h"

namespace meshdns {

/// "2.0.0.240.in-addr.arpa"
Name reverse_name(const IpAddress& address);

/// The address that `name` (wire form, lower case) is the name of; nothing for any other name.
std::optional<IpAddress> reverse_address(std::span<const uint8_t> name);

/// The apexes of the fewest zones that hold the names of the block's addresses and no others: one where its prefix ends at a label,
/// up to 128 (IPv4) or 8 (IPv6) where it does not.
std::vector<Name> reverse_apexes(const IpBlock& block);

}  // namespace meshdns
