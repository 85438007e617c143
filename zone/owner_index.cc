#include "zone/owner_index.h"

#include <algorithm>

namespace meshdns {
namespace {

constexpr size_t kSmallest = 64;  // slots

// Growth begins at 70%: linear probing stays short. It is done after capacity / kSlice changes, that is before 72% of either table
// is used.
constexpr size_t kLoadPercent = 70;
constexpr size_t kSlice = 64;  // slots a change; larger: a longer change, smaller: two tables for longer

void release_node(const void* memory) { destroy(static_cast<const OwnerNode*>(memory)); }
void release_table(const void* memory) { delete static_cast<const OwnerTable*>(memory); }

}  // namespace

OwnerIndex::OwnerIndex(Epochs& epochs) : epochs_(epochs), current_(new OwnerTable(kSmallest)) {}

OwnerIndex::~OwnerIndex() {
  for_each([](const OwnerNode& node) { destroy(&node); });
  delete current_.load();
}

void OwnerIndex::insert(OwnerPtr node) {
  OwnerTable& table = *current_.load(std::memory_order_relaxed);
  const OwnerNode* shared = node.release();
  begin_change();
  table.insert(shared);
  if (next_) next_->insert(shared);
  changed(shared, nullptr);
  if (!next_ && table.used() * 100 >= table.capacity() * kLoadPercent) begin_growth();
  grow_a_slice();
}

void OwnerIndex::replace(OwnerPtr node) {
  const OwnerNode* shared = node.release();
  begin_change();
  const OwnerNode* old = current_.load(std::memory_order_relaxed)->replace(shared);
  if (next_) next_->replace(shared);
  changed(shared, old);
  grow_a_slice();
}

void OwnerIndex::erase(uint64_t hash, std::span<const uint8_t> name) {
  begin_change();
  const OwnerNode* old = current_.load(std::memory_order_relaxed)->erase(hash, name);
  if (next_) next_->erase(hash, name);
  changed(nullptr, old);
  grow_a_slice();
}

void OwnerIndex::changed(const OwnerNode* come, const OwnerNode* gone) {
  if (!records_.empty()) {
    std::erase_if(records_, [&](const auto& record) {
      const auto changes = record.lock();
      if (changes && come != nullptr) changes->come.push_back(come);
      if (changes && gone != nullptr) changes->gone.push_back(gone);
      return !changes;
    });
  }
  if (gone != nullptr) epochs_.retire(gone, gone->size(), release_node);
}

void OwnerIndex::begin_growth() {
  // Sized by what is alive, so a table full of tombstones is made anew in the same size, or a smaller one; and by the changes that
  // come while it fills, which may all be insertions: after a mass deletion they are more than what is alive.
  const OwnerTable& table = *current_.load(std::memory_order_relaxed);
  const size_t expected = table.live() + table.capacity() / kSlice;
  size_t capacity = kSmallest;
  while (capacity * kLoadPercent < expected * 100 * 3 / 2) capacity *= 2;
  next_ = std::make_unique<OwnerTable>(capacity);
  moved_ = 0;
}

void OwnerIndex::grow_a_slice() {
  if (!next_) return;
  const OwnerTable& table = *current_.load(std::memory_order_relaxed);
  for (const size_t end = std::min(moved_ + kSlice, table.capacity()); moved_ < end; ++moved_) {
    const OwnerNode* node = table.at(moved_);
    // A change since growth began may have brought it over already.
    if (node != nullptr && next_->find(node->hash(), node->name()) == nullptr) next_->insert(node);
  }
  if (moved_ == table.capacity()) finish_growth();
}

void OwnerIndex::finish_growth() {
  const OwnerTable* old = current_.load(std::memory_order_relaxed);
  current_.store(next_.release(), std::memory_order_release);
  epochs_.retire(old, old->capacity() * sizeof(uint64_t), release_table);
}

}  // namespace meshdns
