#pragma once

// mTLS to the gateways of a host that fails over, for those of its ports that they serve and for no other: 15443 answers nothing else, and
// what answers a port directly may have no sidecar.
//
// Pure functions. Source: https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings

#include <string>
#include <vector>

#include "k8s/mesh/failover_wish.h"
#include "k8s/mesh/mesh_entry.h"
#include "zone/result.h"

namespace meshdns {

/// `existing`: the host's DestinationRule, as JSON; empty where it has none. As it is where sidecars use mTLS to all gateways already, unless
/// an SNI is asked for: where no endpoint has 15443, one port for all of the entry's is a gateway's, too, as of a node port. The error: none is
/// a gateway, or the rule says something else than mTLS for a port that goes to one.
Result<std::string> with_gateway_tls(const FailoverWish& wish, const MeshEntry& entry, const std::string& existing);

/// What the rule that is to be asks of servers and of other clusters; `existing` as above.
std::vector<std::string> gateway_tls_notes(const FailoverWish& wish, const MeshEntry& entry,
                                           const std::string& existing, const std::string& rule);

}  // namespace meshdns
