#pragma once

// Where a Corefile stands in a cluster, and which of the files that it imports are there for others to write.

#include <optional>
#include <string>

#include "k8s/stub/flavour_workload.h"
#include "k8s/stub/observed_dns.h"

namespace meshdns {

struct CorefileFacts {
  std::string path;                               // in the container
  MountedFile file;                               // from where it comes
  const ObservedConfigMap* config_map = nullptr;  // null: it is not there
  std::string text;                               // empty where it is not there

  /// The files that it imports between its blocks, as a whole: where a block of ours can be one.
  std::optional<MountedFile> imported;
  std::string glob;  // as it imports them
};

/// Nothing where the file comes from no ConfigMap.
std::optional<CorefileFacts> find_corefile(const ObservedDns& observed, const ObservedWorkload& workload,
                                           const ObservedWorkload::Container& container, const std::string& path);

}  // namespace meshdns
