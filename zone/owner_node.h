#pragma once

// An owner name with its RRsets, in the form in which they are answered. Immutable once made; one allocation:
//
//   OwnerNode │ Rrset × rrsets │ name (wire form, lower case) │ records of the first RRset │ records of the second │ …
//
// A record's owner is the compression pointer C0 0C: the question's name, which every response carries at octet 12. So
// the usual answer is a copy. An owner without RRsets is an empty non-terminal (RFC 4592 §2.2.2).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "zone/address.h"

namespace meshdns {

/// One RRset of a node: its records stand in the node, `size` octets.
struct Rrset {
  uint16_t type;
  uint16_t count;   // records
  uint16_t size;    // octets of all records together
  uint16_t stride;  // octets of each record where all have the same, so that they can rotate; else 0
};

class OwnerNode {
 public:
  /// Octets of a record before its RDATA: owner C0 0C, TYPE, CLASS, TTL, RDLENGTH.
  static constexpr size_t kRecordHeader = 12;
  static constexpr size_t kTtlOffset = 6;

  /// What a lookup has to know about an owner besides its RRsets; true of the name for as long as its zone's file says so.
  enum Mark : uint8_t {
    kCname = 1,     // an alias (RFC 1034 §3.6.2)
    kDname = 2,     // what is below is redirected (RFC 6672)
    kCut = 4,       // delegated from here on (RFC 1034 §4.2)
    kOccluded = 8,  // below a cut or a DNAME: glue at most, never an answer
    kEmpty = 16,    // an empty non-terminal: whether it is occluded is not known
  };
  bool is(Mark mark) const { return (marks_ & mark) != 0; }
  bool is_plain() const { return marks_ < kCut; }  // its RRsets are what the zone says about the name

  uint64_t hash() const { return hash_; }
  std::span<const uint8_t> name() const { return {reinterpret_cast<const uint8_t*>(rrsets_end()), name_size_}; }
  std::span<const Rrset> rrsets() const { return {rrsets_begin(), rrset_count_}; }
  bool is_empty_nonterminal() const { return rrset_count_ == 0; }

  /// An RRset and where its records are. `rrset` is null where the owner has none of the type.
  struct Found {
    const Rrset* rrset = nullptr;
    const uint8_t* records = nullptr;
  };
  Found find(uint16_t type) const {
    const uint8_t* records = reinterpret_cast<const uint8_t*>(rrsets_end()) + name_size_;
    for (const Rrset& rrset : rrsets()) {
      if (rrset.type == type) return {&rrset, records};
      records += rrset.size;
    }
    return {};
  }

  /// Octets of the record in answer form at `record`.
  static size_t record_size(const uint8_t* record) {
    return kRecordHeader + static_cast<size_t>(record[kRecordHeader - 2] << 8 | record[kRecordHeader - 1]);
  }

  size_t size() const { return size_; }  // octets of the allocation

 private:
  friend class OwnerBuilder;
  OwnerNode() = default;

  const Rrset* rrsets_begin() const { return reinterpret_cast<const Rrset*>(this + 1); }
  const Rrset* rrsets_end() const { return rrsets_begin() + rrset_count_; }

  uint64_t hash_;
  uint32_t size_;
  uint16_t rrset_count_;
  uint8_t name_size_;
  uint8_t marks_;
};
static_assert(sizeof(OwnerNode) == 16 && sizeof(Rrset) == 8, "at a million owners each octet is a megabyte");

void destroy(const OwnerNode* node);
struct OwnerDeleter {
  void operator()(const OwnerNode* node) const { destroy(node); }
};
using OwnerPtr = std::unique_ptr<const OwnerNode, OwnerDeleter>;

/// Builds nodes one after the other, reusing its memory. For the writer.
class OwnerBuilder {
 public:
  /// Starts a node. `name` is in wire form and lower case, and must live until finish().
  void begin(std::span<const uint8_t> name, uint64_t hash);

  void mark(OwnerNode::Mark mark) { marks_ |= mark; }

  /// Starts an RRset. RRsets come in the order in which an answer to ANY would choose (RFC 8482: the first).
  void rrset(uint16_t type, uint32_t ttl);

  /// Adds a record to it. Returns false, and adds nothing, where the RRset would pass 65,535 octets or records.
  bool record(std::span<const uint8_t> rdata);

  bool empty() const { return rrsets_.empty(); }
  bool has(uint16_t type) const;

  /// Whether `node` is what finish() would make.
  bool same_as(const OwnerNode& node) const;

  OwnerPtr finish() const;

 private:
  std::span<const uint8_t> name_;
  uint64_t hash_ = 0;
  uint32_t ttl_ = 0;
  uint8_t marks_ = 0;
  std::vector<Rrset> rrsets_;
  std::vector<uint8_t> records_;
};

/// Adds what `addresses` make: an A RRset, an AAAA RRset, or both.
void add_addresses(OwnerBuilder& builder, std::span<const IpAddress> addresses, uint32_t ttl);

}  // namespace meshdns
