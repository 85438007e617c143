#pragma once

// What `failover create` was asked for, as the objects tell that it has left: for the command that makes them again.
//
// Pure functions.

#include <optional>
#include <string>

#include "k8s/mesh/entry_wish.h"
#include "k8s/mesh/failover_wish.h"
#include "k8s/mesh/mesh_entry.h"

namespace meshdns {

/// `rule` and `route`: JSON; empty: the host has none. Nothing: no wish makes exactly that, as where somebody else has edited them.
std::optional<FailoverWish> failover_intent(const MeshHost& host, const MeshEntry& entry, const std::string& rule,
                                            const std::string& route);

}  // namespace meshdns
