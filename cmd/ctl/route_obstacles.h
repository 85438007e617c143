#pragma once

// What of a cluster keeps clients from following a VirtualService, and what Istio of that cluster takes.
//
// Every function may end the command (stop.h): with kFailed where the cluster cannot be read.
// Source: https://istio.io/latest/docs/ambient/usage/l7-features/, https://gateway-api.sigs.k8s.io/mesh/

#include <optional>
#include <string>
#include <vector>

#include "cmd/ctl/mesh_cluster.h"
#include "k8s/mesh/istio_version.h"

namespace meshdns {

/// Stops with kRefused where an HTTPRoute has the host: sidecars follow it, and no VirtualService.
void require_no_http_route(MeshCluster& cluster, const std::string& host);

/// Stops with kRefused where clients are in ambient mode, and so follow no VirtualService: those of the object's namespace, or of all that are in the
/// mesh. Where only others are, the notes say so.
std::vector<std::string> require_sidecars(MeshCluster& cluster, const std::string& name_space);

/// The oldest istiod's. Nothing: none is seen, as from outside of its cluster, or its image does not tell.
std::optional<IstioVersion> istio_version(MeshCluster& cluster);

}  // namespace meshdns
