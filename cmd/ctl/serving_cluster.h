#pragma once

// --from-context: what is read of the cluster that serves a service, and what is wrong there for others to call it.

#include <optional>
#include <string>
#include <vector>

#include "cmd/ctl/mesh_cluster.h"
#include "k8s/mesh/entry_wish.h"

namespace meshdns {

/// --from-context CONTEXT NAMESPACE/SERVICE
struct ServingName {
  std::string context;
  std::string name_space;
  std::string service;
};

/// Stops with kUsage.
ServingName parse_serving_name(const std::vector<std::string>& texts);

/// Fills in the wish's ports, endpoints and service. `gateway`: where it is reached, instead of what its Service says. What the user should
/// know goes to `notes`. Stops with kRefused where others cannot call the service as things are there.
void read_serving_cluster(MeshCluster& cluster, const ServingName& name, const std::optional<EntryEndpoint>& gateway,
                          EntryWish& wish, std::vector<std::string>& notes);

}  // namespace meshdns
