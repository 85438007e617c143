#pragma once

// ConfigMaps of a cluster: read whole, changed key by key. Whoever else edits one meanwhile is noticed, never overwritten: each change says
// which resourceVersion it was made for.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "zone/result.h"

namespace meshdns {

class Cluster;

struct ConfigMap {
  std::string name_space;
  std::string name;
  std::string resource_version;  // empty: there is no such ConfigMap
  std::string uid;
  bool immutable = false;
  std::map<std::string, std::string> data;

  bool exists() const { return !resource_version.empty(); }
  std::optional<std::string> text(const std::string& key) const;
};

/// What became of a change.
enum class Change : uint8_t {
  kDone,
  kConflict,  // others were faster: read again, and plan again
};

/// The error names verb and resource where it is forbidden.
Result<ConfigMap> read_config_map(Cluster& cluster, const std::string& name_space, const std::string& name);

/// One key's text from now on; nothing: no such key. Makes the ConfigMap where there is none. `dry_run`: the API server says what it would,
/// and changes nothing.
Result<Change> change_key(Cluster& cluster, const ConfigMap& map, const std::string& key,
                          const std::optional<std::string>& text, bool dry_run);

/// A whole ConfigMap as JSON, in place of `map` where that exists.
Result<Change> write_config_map(Cluster& cluster, const ConfigMap& map, std::string json, bool dry_run);

/// Only as it was read.
Result<Change> delete_config_map(Cluster& cluster, const ConfigMap& map);

}  // namespace meshdns
