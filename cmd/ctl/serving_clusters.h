#pragma once

// The clusters that serve a host, as --from-context names them, and how the clients of each cluster reach them.
//
//   client in west ─┬─ west bar/a ── ClusterIP
//                   └─ east bar/b ── gateway:15443, SNI outbound_.PORT_._.b.bar.svc.cluster.local
//
// Every function may end the command, as those of a ServingCluster.

#include <string>
#include <vector>

#include "cmd/ctl/mesh_flags.h"
#include "cmd/ctl/serving_cluster.h"

namespace meshdns {

class ServingClusters {
 public:
  /// `names`: may be none. Stops with kUsage where two contexts are one cluster, with kRefused where a Service lacks a port of the first one's.
  ServingClusters(const MeshFlags& flags, const std::vector<ServingName>& names);

  bool none() const { return clusters_.empty(); }
  std::vector<ServingCluster>& all() { return clusters_; }

  /// The one that `client` is; nullptr: none of them.
  ServingCluster* own(const MeshCluster* client);

  /// `wish` with ports, endpoints and service as the clients in that cluster need it; nullptr: in none of these. As it is where no cluster
  /// serves the host.
  EntryWish wish_for(EntryWish wish, const MeshCluster* client);

  /// Stops with kUsage where --gateway says one that no wish so far leads to.
  void require_gateways_asked() const;

  /// What the user should know of what was read so far; where nothing is, what the wish's serving side must have.
  std::vector<std::string> notes(const EntryWish& wish) const;

 private:
  std::vector<ServingCluster> clusters_;
};

}  // namespace meshdns
