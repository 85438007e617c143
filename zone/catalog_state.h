#pragma once

// What catalog.cc (taking in and deciding), compose.cc (what stands at an owner) and explain.cc (telling why) share. Not for others.

#include <deque>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "zone/catalog.h"
#include "zone/claims.h"
#include "zone/directory.h"
#include "zone/shares.h"

namespace meshdns {

Skipped skipped_for_file(const Name& host);
Skipped skipped_for_namespace(const Name& host, const Holding& holding);

/// Claims by their addresses, those of one address in order of precedence. A claim of null is before all others.
struct AddressOrder {
  using Entry = std::pair<IpAddress, const Claim*>;
  bool operator()(const Entry& a, const Entry& b) const {
    if (a.first != b.first) return a.first < b.first;
    if (a.second == nullptr || b.second == nullptr) return a.second == nullptr && b.second != nullptr;
    const Holding& of_a = a.second->holding();
    const Holding& of_b = b.second->holding();
    return &of_a == &of_b ? a.second < b.second : precedes(of_a, of_b);
  }
};
using AddressIndex = std::set<AddressOrder::Entry, AddressOrder>;

struct Catalog::State {
  State(Directory& zones, Sources& all, CatalogOptions chosen)
      : directory(zones),
        sources(all),
        options(std::move(chosen)),
        claims(zones.key(), options.services),
        shares(claims),
        lists(all.size()) {}

  /// An owner whose claimants changed, and what that means for its zone.
  struct Touched {
    enum class Change : uint8_t { kNone, kInsert, kReplace, kRemove };

    std::span<const uint8_t> owner;  // in a holding, or in one of `withdrawn`
    Zone* zone;
    Change change = Change::kNone;
    OwnerPtr node{};
  };

  void upsert(SourceId source, const Publication& publication);
  void remove(SourceId source, Holding& holding);
  void serve(Holding& holding);
  void withhold(Holding& holding);
  void balance_namespaces();
  void count_full(bool added);
  void touch(std::span<const uint8_t> owner);
  void touch(const Holding& holding);
  void touch_derived(const Claim& claim);
  void touch_contributors(std::span<const uint8_t> owner);
  std::vector<Explanation::Claimant> claimants_of(const Claim* winner) const;
  std::vector<const Claim*> contributors(const Claim* winner) const;
  bool derives() const { return options.services || !options.reverse.empty(); }
  bool is_reversed(const Claim& claim, const IpAddress& address) const;
  void index_addresses(const Holding& holding, bool added);
  std::vector<Skipped> take_out_what_is_not_ours(Publication& publication) const;
  void set_skipped(const Holding& holding, std::vector<Skipped> skips);
  void count_skips(const std::vector<Skipped>& skips, bool added);
  void rebuild(Zone& zone);
  void review_file_skips(const Holding& holding);
  void complete_zones();
  void settle();
  void forget_repeated_touches();
  void decide(Touched& touched);
  void decide_apex(Touched& touched);
  bool compose(const Zone& zone, std::span<const uint8_t> owner);
  void add_service(uint32_t ttl);
  const Claim* explain_answer(const Name& asked, uint16_t type, Explanation& result);
  void note_skipped(const Name& asked, const Claim* winner, Explanation& result) const;
  void note_blocked_wildcard(const Zone& zone, const QueryName& asked, size_t encloser, Explanation& result) const;
  std::vector<Name> hosts_of(std::span<const uint8_t> reverse_owner);
  void carry_out(Touched& touched);

  Directory& directory;
  Sources& sources;
  const CatalogOptions options;
  Claims claims;
  Shares shares;
  AddressIndex by_address;      // of those that PTR records may name
  std::vector<uint32_t> lists;  // by source: the number of the last that began
  std::unordered_map<const Holding*, std::vector<Skipped>> skipped;
  Counts counts;
  uint64_t version = 0;
  bool copied = false;           // somebody reads the holdings of a copy
  std::vector<HoldingPtr> kept;  // withdrawn since it was made

  // Of the batch under way, and scratch.
  std::vector<Touched> touched;
  std::vector<HoldingPtr> withdrawn;
  std::deque<Name> derived;                     // owners in `touched` that no holding has
  std::unordered_set<const Claim*> derived_of;  // the claims that they are derived from
  Packer packer;
  OwnerBuilder builder;
  QueryName name;
};

}  // namespace meshdns
