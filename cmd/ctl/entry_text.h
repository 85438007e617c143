#pragma once

// Entries in manifests (--file): the first file is changed, and printed; all of them are the ledger, as their entries have the addresses.

#include <string>
#include <vector>

#include "cmd/ctl/command.h"
#include "cmd/ctl/entry_request.h"

namespace meshdns {

/// `request.wish` is whole but for its addresses; `notes` is what the user should know besides. Stops with kUsage.
Ended create_in_files(const EntryRequest& request, const MeshFlags& flags, const std::vector<std::string>& notes);

/// Stops with kUsage.
Ended delete_in_files(const MeshHost& host, const MeshFlags& flags);

}  // namespace meshdns
