#pragma once

// A response under construction: the question, then records section by section, never more than the limit; the header comes last.
//
// An RRset is written as a whole or not at all (RFC 2181 §9). Owners are compression pointers (RFC 1035 §4.1.4) to where a name
// stands in the message already: every name that has to be an owner does, as the question or in RDATA, uncompressed. Where no pointer
// reaches it, in the last three quarters of a large message over TCP, it is written again.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "server/wire.h"
#include "zone/owner_node.h"

namespace meshdns {

class Response {
 public:
  enum Section : uint8_t { kAnswer, kAuthority, kAdditional };

  /// `limit`: octets that header, question and sections may take together, at most what `out` has. `rotation` moves on with each RRset of
  /// several records, so that each of them comes first as often as the others.
  Response(uint8_t* out, size_t limit, std::span<const uint8_t> question, uint32_t& rotation)
      : out_(out), limit_(limit), rotation_(rotation) {
    std::memcpy(out + kHeaderSize, question.data(), question.size());
    sections_at_ = size_ = kHeaderSize + question.size();
  }

  size_t size() const { return size_; }
  size_t room() const { return limit_ - size_; }
  const uint8_t* data() const { return out_; }
  uint8_t* record(size_t at) { return out_ + at; }
  uint16_t count(Section section) const { return counts_[section]; }
  bool truncated() const { return truncated_; }
  void set_truncated() { truncated_ = true; }

  /// Takes back all records.
  void clear() {
    size_ = sections_at_;
    counts_ = {};
    truncated_ = false;
  }

  /// Adds the RRset, owned by the name that stands at `owner_at` in the message. Records of the same size
  /// rotate. False, and nothing is added, where it does not fit.
  bool add(Section section, OwnerNode::Found found, size_t owner_at) {
    const Rrset& rrset = *found.rrset;
    if (size_ + rrset.size > limit_) return false;
    if (rrset.count != 1 || owner_at != kHeaderSize) return add_several(section, found, owner_at);
    std::memcpy(out_ + size_, found.records, rrset.size);  // as it is stored
    size_ += rrset.size;
    ++counts_[section];
    return true;
  }

  /// Room for a record of `size` octets that the caller writes; null where there is none.
  uint8_t* add_record(Section section, size_t size);

 private:
  static constexpr size_t kMostPointer = 0x3fff;

  bool add_several(Section section, OwnerNode::Found found, size_t owner_at);
  bool add_beyond_pointers(Section section, OwnerNode::Found found, size_t owner_at);

  uint8_t* const out_;
  const size_t limit_;
  uint32_t& rotation_;
  size_t sections_at_;
  size_t size_;
  std::array<uint16_t, 3> counts_{};
  bool truncated_ = false;
};

}  // namespace meshdns
