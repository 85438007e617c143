#pragma once

// What the admin endpoints look at. The view owns nothing: all that it refers to lives as long as the admin server.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "server/counters.h"
#include "server/zone_copy.h"
#include "zone/catalog.h"
#include "zone/directory.h"
#include "zone/explanation.h"
#include "zone/sources.h"

namespace meshdns {

struct AdminView {
  std::string version;   // of this program
  Directory& directory;  // not const: its epochs' figures are its writer's
  const Sources& sources;
  const Catalog::Counts& catalog;
  const ProgrammingDuration& programming;
  const SnapshotFigures& snapshot;
  std::vector<const Counters*> workers;

  /// The catalog's explain(), asked of the control thread: may be called from several threads and may block up to a second; none
  /// where the control thread did not answer in time.
  std::function<std::optional<Explanation>(const Name& name, uint16_t type)> explain;

  /// The same for a zone's owners.
  CopyZone copy_zone;
};

}  // namespace meshdns
