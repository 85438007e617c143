#pragma once

// A zone: what the configuration says about it, the records of its file, and the tree of its owners, ready to be answered.
//
//   Zone
//   ├─ OwnerTree           what readers see; replaced as a whole when the zone's file changes
//   ├─ ZoneRecords         the file's, for the writer
//   └─ serial, figures
//
// A zone is *whole* when its file brings SOA and NS: then it has the file's records and nothing else. Otherwise its apex is the
// configuration's, and ServiceEntries stand beside the file's records, if it has a file at all.
//
// Threads: one writer (the catalog's). Readers, within an epoch, call tree(); the figures and complete() are atomics for anybody.

#include <atomic>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "zone/address.h"
#include "zone/name.h"
#include "zone/owner_tree.h"
#include "zone/publication.h"
#include "zone/zone_records.h"

namespace meshdns {

struct NameServer {
  Name name;
  std::vector<IpAddress> addresses;  // published where the name is within the zone

  bool operator==(const NameServer&) const = default;
};

struct ZoneOptions {
  Name apex;
  uint32_t ttl = 30;                      // seconds, of every record that is not the file's
  uint32_t negative_ttl = 5;              // seconds, SOA MINIMUM (RFC 2308 §4)
  std::vector<NameServer> nameservers{};  // at least one; the first is the SOA's MNAME
  Name contact{};                         // the SOA's RNAME: a mailbox in the form of a name
  std::string file{};                     // a path; empty: none
  Answer answer = Answer::kAddresses;

  bool operator==(const ZoneOptions&) const = default;
};

class Zone {
 public:
  /// `serial` is the first. `index` numbers the zones of a directory. There is no tree until install().
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
  bool loaded() const { return loaded_.load(std::memory_order_acquire); }        // has a tree

  /// Whether what is not in the zone is known not to exist. Before that, absence means nothing (SERVFAIL).
  bool complete() const { return complete_.load(std::memory_order_acquire); }

  // Readers.

  /// Null until the zone's file has been read: nothing can be answered.
  const OwnerTree* tree() const { return tree_.load(std::memory_order_acquire); }

  // The writer.

  /// The file's records; null before they have been read, and for a zone without a file.
  const ZoneRecords* file_records() const { return file_records_.get(); }
  bool whole() const { return file_records_ && file_records_->whole; }

  /// Adds what the file and the configuration say about `name`, which is below the apex, to a node under construction.
  void add_fixed(OwnerBuilder& builder, const Name& name) const;

  /// Whether the file leaves no room for a ServiceEntry's addresses at `name`: it has addresses or a CNAME there, or a cut or a DNAME
  /// above; or it is the whole zone.
  bool file_decides(const Name& name) const;

  /// Takes over the file's records: for the next make_tree() and whatever is asked about the file.
  void set_file_records(ZoneRecords records);

  /// The next zones below this one among those of the server: unless this one is whole, their apexes exist in it, if only as empty
  /// non-terminals.
  void set_children(std::vector<Name> apexes) { children_ = std::move(apexes); }

  /// The hosts that PTR records at the apex name, where the apex is one address's name; for the next tree and the next step.
  void set_apex_hosts(std::vector<Name> hosts) { apex_hosts_ = std::move(hosts); }
  const std::vector<Name>& apex_hosts() const { return apex_hosts_; }

  /// A tree with all that is fixed: the file's and the configuration's. To be filled and installed.
  std::unique_ptr<OwnerTree> make_tree() const;

  /// Readers see `tree` from now on. In a whole zone the serial becomes that of its SOA.
  void install(std::unique_ptr<OwnerTree> tree);

  /// Of the tree; nothing happens while there is none. See OwnerTree.
  const OwnerNode* find(const QueryName& name) const;
  void put(const QueryName& name, OwnerPtr node);
  void remove(const QueryName& name);

  /// Whether the name is the apex or a name server's: the configuration's, not to be claimed.
  bool is_reserved(const Name& name) const;

  /// A batch is done: the serial steps to max(serial + 1, now), unless the zone is whole. `now` is Unix time in seconds.
  void step_serial(int64_t now);

  /// The serial was `last` before a restart: it is greater from now on.
  void continue_serial(uint32_t last);

  void set_complete(bool complete) { complete_.store(complete, std::memory_order_release); }

 private:
  const ZoneRecords::Owner* file_owner(const Name& name) const;
  bool occludes(const Name& name) const;
  OwnerPtr make_apex() const;
  void publish_figures();

  const ZoneOptions options_;
  const uint16_t index_;
  const size_t apex_labels_;
  const HashKey& key_;
  Epochs& epochs_;
  std::atomic<uint32_t> serial_;
  std::atomic<uint64_t> names_{0};
  std::atomic<uint64_t> records_{0};
  std::atomic<bool> loaded_{false};
  std::atomic<bool> complete_{false};
  std::atomic<OwnerTree*> tree_{nullptr};
  // The writer's.
  std::unique_ptr<const ZoneRecords> file_records_;
  std::set<Name> file_cuts_;  // owners of the file's cuts and DNAMEs
  std::vector<Name> children_;
  std::vector<Name> apex_hosts_;
};

}  // namespace meshdns
