#pragma once

// The configured sources of ServiceEntries, brought to life on the control thread's loop: clusters and manifest files.
//
// Threads: the control thread alone.

#include <memory>
#include <vector>

#include "cmd/config.h"
#include "server/counters.h"
#include "zone/catalog.h"
#include "zone/result.h"
#include "zone/sources.h"

struct uv_loop_s;

namespace meshdns {

/// What is known of each source, before anything is: named after its cluster or its path.
Sources make_sources(const std::vector<SourceConfig>& configured);

class EntrySources {
 public:
  /// Finds the path, or the way into the cluster; the error says which is missing. All that is referred to outlives this.
  static Result<std::unique_ptr<EntrySources>> open(const Config& configured, uv_loop_s& loop, Catalog& catalog,
                                                    Sources& sources, ProgrammingDuration& programming);

  /// Ends silently; the loop has to run once more.
  ~EntrySources();
  EntrySources(const EntrySources&) = delete;
  EntrySources& operator=(const EntrySources&) = delete;

  /// Begins to read; returns at once.
  void start();

  /// Withdraws at once what clusters no longer have and the guard against mass withdrawal holds.
  void release_withdrawals();

  /// Whether a kubeconfig says something else by now, or cannot be read. What stands in files that it names is watched, and does not count.
  bool access_changed() const;

  /// What makes each source the same one after a restart, so that a snapshot's data is its own. A cluster: its name, its API server's
  /// URL, and the namespaces that are read; files: their path. And whether it is the local one.
  const std::vector<std::string>& identities() const;

 private:
  struct State;
  explicit EntrySources(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace meshdns
