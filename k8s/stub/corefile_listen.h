#pragma once

// Where the blocks of a Corefile listen.
//
// Source: github.com/coredns/coredns, core/dnsserver/register.go and address.go; https://coredns.io/plugins/bind/

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "k8s/stub/corefile.h"

namespace meshdns {

struct ListenAddresses {
  std::vector<uint16_t> ports;
  std::vector<std::string> bind;  // the arguments of bind; none: all addresses

  bool operator==(const ListenAddresses&) const = default;
};

/// Where plain DNS for all names, the zone ".", is listened for: a zone that is answered by others must be listened for there, too.
Result<ListenAddresses> root_addresses(const Corefile& corefile);

/// What makes CoreDNS refuse blocks: one zone twice on one port, and not on different addresses or in different views.
std::optional<Error> duplicate_zone(const std::vector<ServerBlock>& blocks);

}  // namespace meshdns
