#include "zone/owner_table.h"

#include <sys/mman.h>

#include <cassert>
#include <cstring>
#include <new>

namespace meshdns {

static_assert(sizeof(void*) == 8 && std::atomic<uint64_t>::is_always_lock_free,
              "a slot keeps 16 bits of the hash above a 48-bit user-space address");

namespace {

uint64_t tag_of(uint64_t hash) { return hash >> 48; }

uint64_t word_of(const OwnerNode* node) { return reinterpret_cast<uint64_t>(node) | tag_of(node->hash()) << 48; }

bool is_named(const OwnerNode& node, uint64_t hash, std::span<const uint8_t> name) {
  return node.hash() == hash && node.name().size() == name.size() &&
         std::memcmp(node.name().data(), name.data(), name.size()) == 0;
}

/// Zeroed by the kernel as it is touched: a large table costs its owner nothing at once. From 2 MiB on in huge pages
/// where there are any, as every lookup lands on another page.
std::atomic<uint64_t>* map_slots(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  if (bytes >= (size_t{1} << 21)) madvise(memory, bytes, MADV_HUGEPAGE);
  return static_cast<std::atomic<uint64_t>*>(memory);
}

}  // namespace

void OwnerTable::Unmap::operator()(std::atomic<uint64_t>* slots) const { munmap(slots, bytes); }

OwnerTable::OwnerTable(size_t capacity)
    : mask_(capacity - 1), slots_(map_slots(capacity * sizeof(uint64_t)), Unmap{capacity * sizeof(uint64_t)}) {
  assert((capacity & mask_) == 0);
}

OwnerTable::Hit OwnerTable::probe(uint64_t hash, std::span<const uint8_t> name) const {
  for (size_t slot = hash & mask_;; slot = (slot + 1) & mask_) {
    const uint64_t word = slots_[slot].load(std::memory_order_acquire);
    if (word == kEmpty) return {nullptr, slot};
    if (word >> kTagShift != tag_of(hash)) continue;
    const OwnerNode* node = node_of(word);
    if (node == nullptr) continue;
    // A node takes two cache lines: both come at once instead of one after the other.
    __builtin_prefetch(reinterpret_cast<const char*>(node) + 64);
    if (is_named(*node, hash, name)) return {node, slot};
  }
}

void OwnerTable::insert(const OwnerNode* node) {
  for (size_t slot = node->hash() & mask_;; slot = (slot + 1) & mask_) {
    const uint64_t word = slots_[slot].load(std::memory_order_relaxed);
    if (word != kEmpty && word != kTombstone) continue;
    if (word == kEmpty) ++used_;
    ++live_;
    slots_[slot].store(word_of(node), std::memory_order_release);
    return;
  }
}

const OwnerNode* OwnerTable::replace(const OwnerNode* node) {
  const auto [old, slot] = probe(node->hash(), node->name());
  if (old != nullptr) slots_[slot].store(word_of(node), std::memory_order_release);
  return old;
}

const OwnerNode* OwnerTable::erase(uint64_t hash, std::span<const uint8_t> name) {
  const auto [old, slot] = probe(hash, name);
  if (old == nullptr) return nullptr;
  slots_[slot].store(kTombstone, std::memory_order_release);
  --live_;
  return old;
}

}  // namespace meshdns
