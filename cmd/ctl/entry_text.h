#pragma once

// Entries in manifests (--file): the first file is changed, and printed; all of them are the ledger, as their entries have the addresses.

#include "cmd/ctl/command.h"
#include "cmd/ctl/entry_request.h"
#include "cmd/ctl/serving_clusters.h"

namespace meshdns {

/// As the clients need it whose manifests these are: in --context's cluster, or in none that serves the host. Stops with kUsage, and as
/// `serving` does.
Ended create_in_files(const EntryRequest& request, const MeshFlags& flags, ServingClusters& serving);

/// Stops with kUsage.
Ended delete_in_files(const MeshHost& host, const MeshFlags& flags);

}  // namespace meshdns
