#pragma once

// Failover in manifests (--file): the first file is changed, and printed; the others are read alone.

#include "cmd/ctl/command.h"
#include "cmd/ctl/mesh_flags.h"
#include "k8s/mesh/failover_wish.h"

namespace meshdns {

/// Both stop with kUsage.
Ended create_failover_in_files(const FailoverWish& wish, const MeshFlags& flags);
Ended delete_failover_in_files(const MeshHost& host, const MeshFlags& flags);

}  // namespace meshdns
