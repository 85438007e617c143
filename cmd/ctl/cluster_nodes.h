#pragma once

// A cluster's nodes, and which of them a Service's pods run on: where something is, is where its nodes are.
//
// Threads: one. Functions may end the command, as those of MeshCluster do.

#include <string>
#include <vector>

#include "cmd/ctl/mesh_cluster.h"
#include "k8s/mesh/serving_side.h"

namespace meshdns {

/// None where they may not be read, which `notes` says; `unknown`: what is not known then.
std::vector<ServingNode> read_nodes(MeshCluster& cluster, const std::string& unknown, std::vector<std::string>& notes);

/// The EndpointSlices of a Service.
std::vector<LiveObject> slices_of(MeshCluster& cluster, const std::string& name_space, const std::string& service);

}  // namespace meshdns
