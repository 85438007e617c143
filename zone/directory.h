#pragma once

// The zones that the server answers, found by name.
//
// Threads: fixed once made. find() is for readers, on any thread, within an epoch of epochs().

#include <memory>
#include <span>
#include <vector>

#include "zone/epochs.h"
#include "zone/name_hash.h"
#include "zone/zone.h"

namespace meshdns {

class Directory {
 public:
  /// Apexes are unique. Zones without a file are ready to be answered from. `now` (Unix seconds) becomes the zones' first serial.
  Directory(std::vector<ZoneOptions> zones, int64_t now);
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  /// The zone that `name` is in, the deepest where they are nested; null where it is in none.
  /// `first`: the suffix of the name to begin with; 1: the zone that its parent is in.
  Zone* find(const QueryName& name, size_t first = 0) const;

  /// In the configuration's order: a zone's index() is its place.
  std::span<const std::unique_ptr<Zone>> zones() const { return zones_; }

  const HashKey& key() const { return key_; }
  Epochs& epochs() { return epochs_; }

 private:
  void introduce_children();

  struct Entry {
    uint64_t hash;
    Zone* zone;  // null: an empty slot
  };

  const HashKey key_;
  Epochs epochs_;  // outlives the zones, which retire into it
  std::vector<std::unique_ptr<Zone>> zones_;
  std::vector<Entry> table_;  // open-addressed by the apex's hash, at most half full
  size_t most_labels_ = 0;    // of any apex
};

}  // namespace meshdns
