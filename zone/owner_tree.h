#pragma once

// The names of a zone as a tree: owners, the empty non-terminals between them, cuts and DNAMEs; what a name leads to.
//
//   OwnerTree
//   ├─ OwnerIndex          owners → immutable nodes; what readers see
//   ├─ apex node           SOA and NS
//   └─ children (writer)   for owners that have any: how many; decides about empty non-terminals
//
// Threads: one writer (the catalog's). Readers, within an epoch, call lookup(), find(), apex() and for_each_owner().

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>

#include "zone/owner_index.h"
#include "zone/query_name.h"

namespace meshdns {

class OwnerTree {
 public:
  /// `apex` has the SOA as its first RRset.
  OwnerTree(OwnerPtr apex, const HashKey& key, Epochs& epochs);
  OwnerTree(const OwnerTree&) = delete;
  OwnerTree& operator=(const OwnerTree&) = delete;

  // Readers.

  enum class Match : uint8_t {
    kExact,
    kWildcard,
    kNone,
    kDelegation,  // the name is at or below a cut
    kDname,       // the name is below a DNAME's owner
  };
  struct Lookup {
    Match match;
    const OwnerNode* node;  // the owner, the wildcard, the cut or the DNAME's owner; null with kNone
    size_t
        encloser;  // the suffix of the name that is its closest encloser, the cut or the DNAME's owner; 0 with kExact
  };

  /// RFC 1034 §4.3.2 step 3 with RFC 4592 and RFC 6672: `name` is within the zone. An exact match is one find; anything else is
  /// never put together from two states of the zone.
  Lookup lookup(const QueryName& name) const {
    const OwnerNode* node = find(name);
    if (node != nullptr && node->is_plain()) return {Match::kExact, node, 0};
    return lookup_from_apex(name);
  }

  /// The owner that `name` itself is, whatever is above it; null where there is none.
  const OwnerNode* find(const QueryName& name) const { return owners_.find(name.hash(0), name.wire()); }

  const OwnerNode& apex() const { return *apex_.load(std::memory_order_acquire); }

  /// Calls `visit(const OwnerNode&)` for every owner.
  template <class Visit>
  void for_each_owner(Visit visit) const {
    owners_.for_each(visit);
  }

  // The writer. Names are within the zone and below its apex.

  const OwnerIndex& owners() const { return owners_; }
  uint64_t names() const { return names_; }      // owners with records
  uint64_t records() const { return records_; }  // SOA and NS counted too

  /// Inserts or replaces the owner.
  void put(const QueryName& name, OwnerPtr node);

  /// Withdraws the owner's records; it stays as an empty non-terminal while names are below it. No owner: nothing
  /// happens.
  void remove(const QueryName& name);

  void replace_apex(OwnerPtr apex);

 private:
  using Children = std::unordered_map<std::string, uint32_t>;

  Lookup lookup_from_apex(const QueryName& name) const;
  Lookup walk(const QueryName& name) const;
  const OwnerNode* find_wildcard(const QueryName& name, size_t encloser) const;
  size_t apex_suffix(const QueryName& name) const { return name.labels() - apex_labels_; }
  void link_ancestors(const QueryName& name);
  void unlink_ancestors(const QueryName& name);
  OwnerPtr make_empty_nonterminal(const QueryName& name, size_t suffix) const;
  void count(const OwnerNode& node, int64_t sign);

  const HashKey& key_;
  size_t apex_labels_;
  OwnerIndex owners_;
  std::atomic<const OwnerNode*> apex_;  // stands in owners_ as well, which owns it
  Children children_;
  uint64_t names_ = 0;
  uint64_t records_ = 0;
};

}  // namespace meshdns
