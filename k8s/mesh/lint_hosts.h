#pragma once

// Hosts whose endpoints may be in several localities, as the rules of lint go through them.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "k8s/mesh/lint_mesh.h"

namespace meshdns {

/// A host of an entry, and what holds for some of its ports.
struct LocatedHost {
  const LintEntry& entry;
  const std::string& host;                    // as written
  const DestinationRule* rule;                // null: none is for it
  const DestinationRule::Settings* settings;  // null likewise
  std::vector<const MeshEntry::Port*> ports;  // that these are for; all where the entry has none
  std::map<std::string, size_t> localities;   // the endpoints', and how many are in each

  bool is_in_several() const { return localities.size() > 1; }

  /// "region1/zone1, region2/zone1"; of many, the first.
  std::string localities_text() const;
};

/// Hosts of entries without a workloadSelector, whose endpoints are all there are.
void each_located_host(const LintMesh& mesh, const std::function<void(const LocatedHost&)>& visit);

/// Those of one entry.
void each_located_host(const LintMesh& mesh, const LintEntry& entry,
                       const std::function<void(const LocatedHost&)>& visit);

/// All that the rule has, those of its subsets, too.
std::vector<const DestinationRule::Settings*> all_settings(const DestinationRule& rule);

/// "; the nearest is region1/zone1; there are …": of what there is instead of the locality.
std::string instead_of(const std::string& locality, const std::set<std::string>& there);

}  // namespace meshdns
