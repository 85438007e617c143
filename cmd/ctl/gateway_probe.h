#pragma once

// Whether gateways can be reached from here: a connection to each, closed at once. What answers is not asked.
//
// Threads: one; it waits, at most about 3 s for each 64 gateways.

#include <vector>

#include "k8s/mesh/lint.h"

namespace meshdns {

/// Those that cannot be reached, and why. Names are resolved as this machine does it.
Unreachable probe_gateways(const std::vector<GatewayAddress>& gateways);

}  // namespace meshdns
