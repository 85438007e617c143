#pragma once

// The catalog: who claims which owner, and who wins. It takes publications from the sources, decides between claimants,
// and turns what changed into the few changes of RRsets that it means. It is the only writer of the zones.
//
// Threads: the control thread alone. `Counts` may be read from any thread.

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zone/address.h"
#include "zone/explanation.h"
#include "zone/publication.h"
#include "zone/sources.h"
#include "zone/zone_records.h"

namespace meshdns {

class Directory;
struct Holding;

/// What the operator decides about claims, and what is published besides the addresses of hosts.
struct CatalogOptions {
  enum class Claims : uint8_t {
    kAny,
    kNamespace,  // an object may claim what is below NAMESPACE.APEX, its own namespace's label directly below the zone's apex:
                 // name.NAMESPACE.global, *.NAMESPACE.global, a.b.NAMESPACE.global; not NAMESPACE.global, nor *.global
  };
  Claims claims = Claims::kAny;
  enum class Conflicts : uint8_t {
    kOldest,  // of several claimants of a host the first in order of precedence answers
    kMerge,  // the first ones answer together, addresses and ports: up to 64 of them that have up to 256 addresses and 256
             // ports together, so that an answer stays one that a client can use
  };
  Conflicts conflicts = Conflicts::kOldest;
  std::vector<IpBlock>
      reverse{};          // PTR for published addresses within, in the zones that the directory has for them; of
                          // an address at most 64, the hosts of the first claimants
  bool services = false;  // SRV _port._proto.host

  bool operator==(const CatalogOptions&) const = default;
};

class Catalog {
 public:
  /// `directory` and `sources` must outlive the catalog; the catalog completes the directory's zones when sources have
  /// synced.
  Catalog(Directory& directory, Sources& sources, CatalogOptions options = {});
  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  /// Applies the batch: inserts, then replaces, then deletes; one step of the serial in each zone that changes.
  /// A publication that is already held as it is changes nothing.
  void apply(SourceId source, const Batch& batch);

  /// A list of all that the source has, or of all that one namespace of it has, begins; its number is for unlisted().
  uint32_t begin_list(SourceId source);

  /// The list is complete: the source's objects that apply() has not confirmed since the list began, of those whose name begins with
  /// `prefix`. They are served as before: to withdraw them is up to the caller.
  [[nodiscard]] std::vector<std::string> unlisted(SourceId source, uint32_t list, std::string_view prefix = {}) const;

  /// What the source publishes by this object, as far as it is ours; nothing where it does not have it.
  std::optional<Publication> publication(SourceId source, std::string_view object) const;

  /// Visits all that the source publishes, as far as it is ours, in no order.
  void for_each_publication(SourceId source, const std::function<void(Publication)>& visit) const;

  /// The file of the zone with this index has been read, for the first time or again: its records take the place of those before.
  /// Readers see the old zone or the new one. Takes the control thread some microseconds for each name of the zone.
  void set_zone_records(size_t zone, ZoneRecords records);

  /// The source has delivered all it has, once; with all sources settled, unknown names are NXDOMAIN and no longer SERVFAIL.
  void set_synced(SourceId source);

  /// An optional source that has not synced is not waited for any longer.
  void give_up(SourceId source);

  /// What the object leaves out, and why; nothing where it is not held.
  std::vector<Skipped> skipped(SourceId source, std::string_view object) const;

  /// What has been applied for the source is a snapshot's, of `unix_seconds`; `whole`: of all that the source had then. It counts as
  /// known where it is; the source's next list confirms or withdraws it.
  void set_restored(SourceId source, int64_t unix_seconds, bool whole);

  /// Steps whenever a snapshot taken before would be another one now.
  uint64_t version() const;

  /// All that is held at this moment, in no order. None of it is freed before release_copy(), whatever is withdrawn meanwhile: another
  /// thread may read its object, source and publication(). One copy at a time. Takes a millisecond for 100,000 publications.
  std::vector<const Holding*> copy();
  void release_copy();

  /// Why `name` is answered as it is.
  Explanation explain(const Name& name, uint16_t type) const;

  /// Readable from any thread.
  struct Counts {
    std::atomic<uint64_t> conflicts{0};                         // owners whose claimants do not all answer the same
    std::array<std::atomic<uint64_t>, kSkipReasons> skipped{};  // objects with something skipped, by reason
  };
  const Counts& counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meshdns
