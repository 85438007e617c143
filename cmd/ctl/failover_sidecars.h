#pragma once

// Whether the sidecars of a cluster understand what failover writes.
//
// Source: https://github.com/istio/istio/pull/22071: retries in other localities came with Istio 1.6.

#include <string>
#include <vector>

#include "cmd/ctl/mesh_cluster.h"

namespace meshdns {

/// Stops with kRefused where istiod or a pod's sidecar is older than that. What may not be read is a note.
std::vector<std::string> require_recent_sidecars(MeshCluster& cluster);

}  // namespace meshdns
