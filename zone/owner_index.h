#pragma once

// All owners of a zone: a table that readers use, and while it grows, a second one beside it that fills up in slices.
//
// Threads: one writer; readers within an epoch. Growth has no stop and no moment in which a live name is missing:
// changes go to both tables, every change moves a slice of the old one, and one pointer store switches.
//
// A reader that puts an answer together from several finds reads changes() before and after, and repeats where it
// moved: then at most one store, to one slot, happened between its finds, and each state around one store is a state of
// the zone.

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "zone/epochs.h"
#include "zone/owner_table.h"

// Nothing, but in the test of concurrency, which lets other threads run between any two steps of a reader or the writer.
#ifndef MESHDNS_STEP
#define MESHDNS_STEP() static_cast<void>(0)
#endif

namespace meshdns {

/// Owners that came and went, by the writer's hand; some did both.
struct OwnerChanges {
  std::vector<const OwnerNode*> come;
  std::vector<const OwnerNode*> gone;
};

class OwnerIndex {
 public:
  explicit OwnerIndex(Epochs& epochs);
  ~OwnerIndex();
  OwnerIndex(const OwnerIndex&) = delete;
  OwnerIndex& operator=(const OwnerIndex&) = delete;

  // Readers.

  const OwnerNode* find(uint64_t hash, std::span<const uint8_t> name) const {
    MESHDNS_STEP();
    return current_.load(std::memory_order_acquire)->find(hash, name);
  }

  /// Moves before each store that a reader could see.
  uint64_t changes() const { return changes_.load(std::memory_order_acquire); }

  /// Calls `visit(const OwnerNode&)` for every owner that stays for as long as this takes, once; for what comes or goes meanwhile, or not.
  template <class Visit>
  void for_each(Visit visit) const {
    const OwnerTable& table = *current_.load(std::memory_order_acquire);
    for (size_t slot = 0; slot < table.capacity(); ++slot) {
      if (const OwnerNode* node = table.at(slot)) visit(*node);
    }
  }

  // The writer. What is replaced or erased is retired, not freed.

  size_t size() const { return current_.load(std::memory_order_relaxed)->live(); }

  /// Writes down in `changes` what comes and goes from now on, for as long as somebody holds it.
  void record(std::weak_ptr<OwnerChanges> changes) const { records_.push_back(std::move(changes)); }

  void insert(OwnerPtr node);   // its name is not there
  void replace(OwnerPtr node);  // its name is there
  void erase(uint64_t hash, std::span<const uint8_t> name);

 private:
  void begin_change() {
    MESHDNS_STEP();
    changes_.store(changes_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    MESHDNS_STEP();
  }
  void changed(const OwnerNode* come, const OwnerNode* gone);
  void begin_growth();
  void grow_a_slice();
  void finish_growth();

  Epochs& epochs_;
  std::atomic<OwnerTable*> current_;
  std::atomic<uint64_t> changes_{0};
  std::unique_ptr<OwnerTable> next_;  // the writer's; null while nothing grows
  size_t moved_ = 0;                  // slots of the current table that stand in the next one too
  mutable std::vector<std::weak_ptr<OwnerChanges>> records_;  // the writer's
};

}  // namespace meshdns
