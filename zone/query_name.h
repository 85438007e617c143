#pragma once

// A name taken apart for lookups: lower-cased, with the place and the hash of every suffix. A scratch object: large,
// reused, never allocated on the query path.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "zone/name.h"
#include "zone/name_hash.h"

namespace meshdns {

/// Suffix i is the name without its first i labels: suffix 0 the whole, suffix labels() the root.
class QueryName {
 public:
  /// Reads the uncompressed name at the start of `bytes`. Returns its length in octets; 0 where it is malformed: a
  /// compression pointer, a label over 63 octets, a name over 255, or an end before the root label.
  size_t parse(std::span<const uint8_t> bytes, const HashKey& key);

  void assign(const Name& name, const HashKey& key) { parse(name.wire(), key); }

  size_t labels() const { return labels_; }
  size_t size() const { return size_; }
  size_t offset(size_t suffix) const { return offsets_[suffix]; }
  uint64_t hash(size_t suffix) const { return hashes_[suffix]; }
  std::span<const uint8_t> wire(size_t suffix = 0) const {
    return {wire_.data() + offsets_[suffix], size_ - offsets_[suffix]};
  }

 private:
  size_t size_ = 0;
  size_t labels_ = 0;
  std::array<uint8_t, Name::kMaxLength + 17> wire_{};  // and what is written and read behind a name
  std::array<uint8_t, Name::kMaxLabels + 1> offsets_;
  std::array<uint64_t, Name::kMaxLabels + 1> hashes_;
};

}  // namespace meshdns
