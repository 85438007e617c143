#pragma once

// What RFC 9460 asks of SVCB and HTTPS beyond their fields: clients take the whole record for malformed otherwise. Any
// thread.

#include <cstdint>
#include <optional>
#include <span>

#include "zone/result.h"

namespace meshdns {

/// `rdata` has a priority, an uncompressed name, and anything behind it.
std::optional<Error> check_service_parameters(std::span<const uint8_t> rdata);

}  // namespace meshdns
