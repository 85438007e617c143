#pragma once

// An address or CIDR block as a ServiceEntry writes it.
// Source: istio/pkg/config/validation/agent/validation.go, ValidateIPSubnet

#include <string_view>

#include "zone/address.h"
#include "zone/result.h"

namespace meshdns {

/// As Istio and Envoy take it: 192.0.2.7/24 is 192.0.2.0/24.
Result<IpBlock> parse_address_block(std::string_view text);

}  // namespace meshdns
