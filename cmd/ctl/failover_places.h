#pragma once

// Where things are in a cluster: its nodes by their labels, and what has an address there by the nodes that it runs on.
//
// Threads: one. Every function may end the command (stop.h): with kFailed where the cluster cannot be read.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cmd/ctl/mesh_cluster.h"
#include "k8s/mesh/mesh_entry.h"
#include "k8s/mesh/serving_side.h"

namespace meshdns {

class ClusterPlaces {
 public:
  explicit ClusterPlaces(MeshCluster& cluster) : cluster_(cluster) {}

  /// Read once; none where they may not be read, which is a note.
  const std::vector<ServingNode>& nodes();

  /// Of a Service (by its ClusterIP or its DNS name), a pod or a node that has the address; empty: none has, or nobody knows where it is.
  std::string locality_of(const std::string& address);

  /// Those of the nodes, each once, as far as they have labels.
  std::vector<std::string> localities();

  const std::vector<std::string>& notes() const { return notes_; }

 private:
  std::string locality_of_nodes(const std::set<std::string>& names);
  std::set<std::string> nodes_of_service(const std::string& name_space, const std::string& name);
  std::set<std::string> nodes_of_pod(const std::string& address);

  MeshCluster& cluster_;
  std::optional<std::vector<ServingNode>> nodes_;
  std::vector<std::string> notes_;
};

/// Stops with kRefused where requests would not come to the client's own locality first, as sidecars do not know theirs, or no endpoint is
/// there. Where that is so on some nodes alone, it is a note.
std::vector<std::string> require_local_endpoint(const MeshCluster& cluster, ClusterPlaces& places,
                                                const MeshEntry& entry);

}  // namespace meshdns
