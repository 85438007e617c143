#pragma once

// A flat, open-addressed table of owner nodes: one writer, many readers, no locks.
//
// A slot is one atomic word: a pointer to an immutable node (48 bits) and 16 bits of its hash, so that a probe rarely
// touches a node that is not the one. Nothing moves under a reader: a deletion leaves a tombstone, and the table does
// not grow. Who owns it makes a larger one beside it (owner_index.h).
//
// Readers must be within an epoch (epochs.h) for as long as they use the table or a node; the table does not free
// nodes.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "zone/owner_node.h"

namespace meshdns {

class OwnerTable {
 public:
  /// `capacity` slots, a power of two.
  explicit OwnerTable(size_t capacity);

  /// The node of `name`, or null.
  const OwnerNode* find(uint64_t hash, std::span<const uint8_t> name) const { return probe(hash, name).node; }

  size_t capacity() const { return mask_ + 1; }
  size_t used() const { return used_; }  // writer: slots that are not empty, tombstones too
  size_t live() const { return live_; }  // writer: slots that hold a node

  /// Writer: `node`'s name is not in the table, and the table is not full.
  void insert(const OwnerNode* node);

  /// Writer: puts `node` where a node of its name is. Returns that node; null, and nothing is changed, where there is
  /// none.
  const OwnerNode* replace(const OwnerNode* node);

  /// Writer: leaves a tombstone. Returns the node; null where there is none.
  const OwnerNode* erase(uint64_t hash, std::span<const uint8_t> name);

  /// The node in slot `index`, or null. For walking over all.
  const OwnerNode* at(size_t index) const { return node_of(slots_[index].load(std::memory_order_acquire)); }

 private:
  static constexpr uint64_t kEmpty = 0;
  static constexpr uint64_t kTombstone = 1;  // no node is at address 1
  static constexpr unsigned kTagShift = 48;
  static constexpr uint64_t kAddressMask = (uint64_t{1} << kTagShift) - 1;

  static const OwnerNode* node_of(uint64_t word) {
    const uint64_t address = word & kAddressMask;
    return address <= kTombstone ? nullptr : reinterpret_cast<const OwnerNode*>(address);
  }

  // A node and the slot in which it was seen. The slot may hold something else by now, to anybody but the writer.
  struct Hit {
    const OwnerNode* node;
    size_t slot;
  };
  Hit probe(uint64_t hash, std::span<const uint8_t> name) const;

  struct Unmap {
    size_t bytes;
    void operator()(std::atomic<uint64_t>* slots) const;
  };

  const size_t mask_;
  const std::unique_ptr<std::atomic<uint64_t>[], Unmap> slots_;
  size_t used_ = 0;
  size_t live_ = 0;
};

}  // namespace meshdns
