#include "zone/query_name.h"

#include <algorithm>

namespace meshdns {
namespace {

/// Octets that are handled at once, in a vector register where there are any.
using Octets = uint8_t __attribute__((vector_size(16)));

/// ASCII letters, RFC 4343. Octets from 0x80 on stay as they are.
Octets lower(Octets octets) {
  const Octets from_a = octets - uint8_t{'A'};
  const auto letters = reinterpret_cast<Octets>(from_a < uint8_t{26});
  return octets | (letters & uint8_t{0x20});
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

  // Length octets are at most 63 and so below 'A': folding the whole is folding the labels. Behind the name come octets that matter
  // to nobody.
  for (at = 0; at < size_; at += sizeof(Octets)) {
    Octets octets;
    if (bytes.size() - at >= sizeof octets) {
      std::memcpy(&octets, bytes.data() + at, sizeof octets);
    } else {
      octets = Octets{};
      std::memcpy(&octets, bytes.data() + at, bytes.size() - at);
    }
    octets = lower(octets);
    std::memcpy(wire_.data() + at, &octets, sizeof octets);
  }

  hashes_[labels] = kRootHash;
  while (labels-- > 0) hashes_[labels] = child_hash(key, hashes_[labels + 1], wire_.data() + offsets_[labels]);
  return size_;
}

}  // namespace meshdns
