#include "zone/query_name.h"

#include <algorithm>

namespace meshdns {
namespace {

/// ASCII letters in eight octets at once, RFC 4343. Octets from 0x80 on stay as they are.
uint64_t lower(uint64_t word) {
  constexpr uint64_t kEach = 0x0101010101010101;
  const uint64_t low = word & (0x7f * kEach);
  const uint64_t from_a = low + (0x80 - 'A') * kEach;
  const uint64_t above_z = low + (0x80 - 'Z' - 1) * kEach;
  const uint64_t letters = (from_a ^ above_z) & ~word & (0x80 * kEach);
  return word | letters >> 2;
}

}  // namespace

size_t QueryName::parse(std::span<const uint8_t> bytes, const HashKey& key) {
  const size_t end = std::min(bytes.size(), Name::kMaxLength);
  size_t at = 0;
  size_t labels = 0;
  for (;; ++labels) {
    if (at >= end) return 0;
    offsets_[labels] = static_cast<uint8_t>(at);
    const uint8_t length = bytes[at];
    if (length == 0) break;
    if (length > Name::kMaxLabel) return 0;
    at += length + size_t{1};
  }
  size_ = at + 1;
  labels_ = labels;

  // Length octets are at most 63 and so below 'A': folding the whole is folding the labels.
  std::copy_n(bytes.begin(), size_, wire_.begin());
  for (size_t word_at = 0; word_at < size_; word_at += 8) {
    uint64_t word;
    std::memcpy(&word, wire_.data() + word_at, sizeof word);
    word = lower(word);
    std::memcpy(wire_.data() + word_at, &word, sizeof word);
  }

  hashes_[labels] = kRootHash;
  while (labels-- > 0) hashes_[labels] = child_hash(key, hashes_[labels + 1], wire_.data() + offsets_[labels]);
  return size_;
}

}  // namespace meshdns
