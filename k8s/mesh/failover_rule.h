#pragma once

// The DestinationRule of a host that fails over, as JSON: when an endpoint is ejected, and where its requests go then. A new one, or the one
// that is there with what is wished in it; what others have written into it stays.
//
// Pure functions. Source: https://istio.io/latest/docs/reference/config/networking/destination-rule/

#include <string>
#include <vector>

#include "k8s/mesh/failover_wish.h"
#include "k8s/mesh/mesh_entry.h"
#include "zone/result.h"

namespace meshdns {

/// `entry`: the host's, with all localities. `existing`: the host's rule, empty where it has none. Ports that have settings of their own get all
/// of it there, as these inherit nothing. The error: that rule cannot be what is wished.
Result<std::string> failover_rule(const FailoverWish& wish, const MeshEntry& entry, const std::string& existing = "");

/// What of a rule that is there takes the place of failover's settings for some requests: its subsets' own.
std::vector<std::string> overriding(const std::string& existing);

/// Without it; empty: nothing is left of an object that we made.
Result<std::string> rule_without_failover(const std::string& existing);

}  // namespace meshdns
