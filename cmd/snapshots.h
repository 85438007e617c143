#pragma once

// Keeps the last known data across restarts (`state`): takes it from the state directory at the start, and writes it there as it
// changes.
//
// When: once as soon as no source is waited for any more, then where something has changed, at most every kInterval, and at the end.
// The interval bounds what a crash costs: changes that the sources tell again as soon as they can be reached. Every write is of all
// that there is, 8 MB at 100,000 entries; a shorter interval would wear out disks for little. Serials do not go back after a crash: what
// is kept is ahead of what is served, but for the end.
//
// How: the control thread copies pointers (Catalog::copy()), and a thread of libuv's pool does the rest.
//
// Threads: the control thread alone, that of the loop.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cmd/config.h"
#include "cmd/state_directory.h"
#include "server/counters.h"
#include "zone/catalog.h"
#include "zone/directory.h"
#include "zone/result.h"
#include "zone/snapshot.h"
#include "zone/sources.h"

struct uv_loop_s;

namespace meshdns {

class Snapshots {
 public:
  static constexpr std::chrono::seconds kInterval{30};

  /// What it keeps, and what tells that it is the same after a restart: the shape, and an identity for each source.
  struct Subject {
    const Directory& directory;
    Catalog& catalog;
    const Sources& sources;
    const std::vector<SourceConfig>& configured;  // for each source
    Digest shape;
    std::vector<std::string> identities;
  };

  /// All that is referred to outlives this. The error: the directory's.
  static Result<std::unique_ptr<Snapshots>> open(const std::string& path, uv_loop_s& loop, Subject subject,
                                                 SnapshotFigures& figures);

  /// Not while it is reading; the loop has to run until the disk has what is on its way there.
  ~Snapshots();
  Snapshots(const Snapshots&) = delete;
  Snapshots& operator=(const Snapshots&) = delete;

  /// Applies the snapshot in the directory, if there is a good one: before the first answer.
  void restore();

  /// Something may have changed.
  void note();

  /// Whether another thread reads what the catalog holds.
  bool reading() const;

  /// Writes what has changed since the last time, and waits for it: runs the loop where a write is under way.
  void finish();

 private:
  struct State;
  explicit Snapshots(State* state);

  State* state_;  // owned; freed by libuv's close callback
};

}  // namespace meshdns
