#pragma once

// A zone: its owners and its apex, kept ready to be answered.
//
//   Zone
//   ├─ OwnerIndex          owners → immutable nodes; what readers see
//   ├─ apex node           SOA and NS, replaced with each step of the serial
//   └─ children (writer)   for owners that have any: how many; decides about empty non-terminals
//
// Threads: one writer (the catalog's). Readers, within an epoch, call lookup() and apex_node(); the figures and
// complete() are atomics for anybody.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "zone/address.h"
#include "zone/name.h"
#include "zone/owner_index.h"
#include "zone/query_name.h"

namespace meshdns {

struct NameServer {
  Name name;
  std::vector<IpAddress> addresses;  // published where the name is within the zone

  bool operator==(const NameServer&) const = default;
};

struct ZoneOptions {
  Name apex;
  uint32_t ttl = 30;                    // seconds, of every record
  uint32_t negative_ttl = 5;            // seconds, SOA MINIMUM (RFC 2308 §4)
  std::vector<NameServer> nameservers;  // at least one; the first is the SOA's MNAME
  Name contact;                         // the SOA's RNAME: a mailbox in the form of a name

  bool operator==(const ZoneOptions&) const = default;
};

class Zone {
 public:
  /// `serial` is the first. `index` numbers the zones of a directory.
  Zone(ZoneOptions options, uint16_t index, uint32_t serial, const HashKey& key, Epochs& epochs);
  ~Zone();
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;

  // Any thread.

  const ZoneOptions& options() const { return options_; }
  const Name& apex() const { return options_.apex; }
  size_t apex_labels() const { return apex_labels_; }
  uint16_t index() const { return index_; }
  uint32_t serial() const { return serial_.load(std::memory_order_relaxed); }
  uint64_t names() const { return names_.load(std::memory_order_relaxed); }      // owners with records
  uint64_t records() const { return records_.load(std::memory_order_relaxed); }  // SOA and NS counted too

  /// Whether what is not in the zone is known not to exist. Before that, absence means nothing (SERVFAIL).
  bool complete() const { return complete_.load(std::memory_order_acquire); }

  // Readers.

  enum class Match : uint8_t { kExact, kWildcard, kNone };
  struct Lookup {
    Match match;
    const OwnerNode* node;  // the owner, or the wildcard; null with kNone
    size_t encloser;        // the suffix of the name that is its closest encloser; 0 with kExact
  };

  /// RFC 1034 §4.3.2 step 3 with RFC 4592: `name` is within the zone. An exact match is one find; anything else is
  /// never put together from two states of the zone.
  Lookup lookup(const QueryName& name) const;

  /// SOA and NS.
  const OwnerNode& apex_node() const { return *apex_.load(std::memory_order_acquire); }

  /// Calls `visit(const OwnerNode&)` for every owner.
  template <class Visit>
  void for_each_owner(Visit visit) const {
    owners_.for_each(visit);
  }

  // The writer. Names are within the zone and below its apex.

  const OwnerNode* find(const QueryName& name) const { return owners_.find(name.hash(0), name.wire()); }

  /// Inserts or replaces the owner. Nodes have records.
  void put(const QueryName& name, OwnerPtr node);

  /// Withdraws the owner's records; it stays as an empty non-terminal while names are below it. No owner: nothing
  /// happens.
  void remove(const QueryName& name);

  /// Whether the name is the apex or a name server's: the configuration's, not to be claimed.
  bool is_reserved(const Name& name) const;

  /// A batch is done: the serial steps to max(serial + 1, now). `now` is Unix time in seconds.
  void step_serial(int64_t now);

  void set_complete() { complete_.store(true, std::memory_order_release); }

 private:
  using Children = std::unordered_map<std::string, uint32_t>;

  Lookup walk(const QueryName& name) const;
  const OwnerNode* find_wildcard(const QueryName& name, size_t encloser) const;
  size_t apex_suffix(const QueryName& name) const { return name.labels() - apex_labels_; }
  void publish_nameservers();
  OwnerPtr make_apex() const;
  void link_ancestors(const QueryName& name);
  void unlink_ancestors(const QueryName& name);
  OwnerPtr make_empty_nonterminal(const QueryName& name, size_t suffix) const;
  void count(const OwnerNode& node, int64_t sign);

  const ZoneOptions options_;
  const uint16_t index_;
  const size_t apex_labels_;
  const HashKey& key_;
  std::atomic<uint32_t> serial_;
  std::atomic<uint64_t> names_{0};
  std::atomic<uint64_t> records_{0};
  std::atomic<bool> complete_{false};
  OwnerIndex owners_;
  std::atomic<const OwnerNode*> apex_{nullptr};  // stands in owners_ as well, which owns it
  Children children_;
};

}  // namespace meshdns
