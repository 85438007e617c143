#include "zone/epochs.h"

#include <algorithm>

namespace meshdns {

Epochs::Reader::Reader(Epochs& epochs) : epochs_(epochs), mark_(new Mark) {
  const std::lock_guard lock(epochs_.marks_mutex_);
  epochs_.marks_.push_back(mark_);
}

Epochs::Reader::~Reader() {
  const std::lock_guard lock(epochs_.marks_mutex_);
  std::erase(epochs_.marks_, mark_);
  delete mark_;
}

Epochs::~Epochs() {
  for (const Retired& retired : retired_) retired.release(retired.memory);
}

void Epochs::retire(const void* memory, size_t bytes, void (*release)(const void*)) {
  retired_.push_back({memory, bytes, release, epoch_.load(std::memory_order_relaxed)});
  retired_bytes_.fetch_add(bytes, std::memory_order_relaxed);
}

void Epochs::reclaim() {
  if (retired_.empty()) return;
  epoch_.fetch_add(1, std::memory_order_seq_cst);
  const uint64_t oldest = oldest_reader();
  while (!retired_.empty() && retired_.front().epoch < oldest) {
    const Retired& front = retired_.front();
    front.release(front.memory);
    retired_bytes_.fetch_sub(front.bytes, std::memory_order_relaxed);
    retired_.pop_front();
  }
}

uint64_t Epochs::oldest_reader() {
  const std::lock_guard lock(marks_mutex_);
  uint64_t oldest = kOutside;
  for (const Reader::Mark* mark : marks_) oldest = std::min(oldest, mark->epoch.load(std::memory_order_seq_cst));
  return oldest;
}

}  // namespace meshdns
