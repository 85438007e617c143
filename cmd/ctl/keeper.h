#pragma once

// Objects that somebody keeps: whoever edits one beside its keeper has the edit taken back, sooner or later.

#include <string>

#include "cmd/ctl/mesh_cluster.h"

namespace meshdns {

/// Stops with kRefused where the object has a keeper, and the flags do not say --even-if-managed. `command`: what would make the change
/// in the keeper's manifest, without its --file: "meshdnsctl entry delete a.bar.global".
void require_unkept(const MeshCluster& cluster, const LiveObject& object, const MeshFlags& flags,
                    const std::string& command);

}  // namespace meshdns
