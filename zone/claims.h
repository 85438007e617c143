#pragma once

// Who claims what: all holdings, found by object, and their claims, found by owner. It keeps the order of claimants; what that
// means for the zone is the catalog's. For the catalog's thread.
//
// The claimants of one owner are a linked list, which is walked to find a claimant's place. That is cheapest for the few that there
// are; where somebody makes tens of thousands claim one host, a tree beside the list finds the place.

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "zone/holding.h"
#include "zone/name_hash.h"
#include "zone/pointer_set.h"

namespace meshdns {

class Claims {
 public:
  /// `ports_count`: whether claimants whose objects have other ports answer something else.
  Claims(const HashKey& key, bool ports_count) : key_(key), ports_count_(ports_count) {}
  ~Claims();
  Claims(const Claims&) = delete;
  Claims& operator=(const Claims&) = delete;

  Holding* find(SourceId source, std::string_view object);

  /// The first claimant of the owner, or null; the others follow by `next`.
  const Claim* winner(std::span<const uint8_t> owner, uint64_t owner_hash);

  /// Adds a holding of an object that is not held, its claims not yet among the owners'; `hash_of(owner)` gives each claim's owner's
  /// hash.
  template <class HashOf>
  Holding& add(HoldingPtr holding, SourceId source, HashOf hash_of) {
    for (Claim& claim : holding->claims()) claim.hash = static_cast<uint32_t>(hash_of(claim.owner()));
    return insert(std::move(holding), source);
  }

  /// Takes the holding out, whose claims are not among the owners', and hands it over.
  HoldingPtr take(Holding& holding);

  /// Its claims are among their owners' from now on, or are not any more.
  void link(Holding& holding);
  void unlink(Holding& holding);

  /// Whether both claims of an owner answer the same, in whatever order.
  bool same_answer(const Claim& a, const Claim& b) const;

  size_t size() const { return holdings_.size(); }
  size_t shared() const { return shared_; }        // owners with more than one claimant
  size_t conflicts() const { return conflicts_; }  // those of them whose claimants do not all answer the same

  template <class Visit>
  void for_each(Visit visit) const {
    holdings_.for_each(visit);
  }

 private:
  struct HashOfClaim {
    uint32_t operator()(const Claim& claim) const { return claim.hash; }
  };
  struct HashOfHolding {
    uint32_t operator()(const Holding& holding) const { return holding.hash; }
  };

  struct Precedence {
    bool operator()(const Claim* a, const Claim* b) const;
  };

  /// The claimants of one owner, from kCrowd on.
  struct Crowd {
    std::set<Claim*, Precedence> order;
    size_t changes = 0;  // from one to the next of them, of the answer: 0 where all answer the same
  };
  static constexpr size_t kCrowd = 32;
  using Crowds = std::map<std::string, Crowd, std::less<>>;  // by owner

  uint32_t hash_of(SourceId source, std::string_view object) const;
  Claim** slot_of(std::span<const uint8_t> owner, uint32_t hash);
  Holding& insert(HoldingPtr holding, SourceId source);
  void link(Claim& claim);
  void unlink(Claim& claim);
  Crowds::iterator crowd_of(const Claim& claim);
  void gather(const Claim& claim, Claim* first);
  void link_in_crowd(Crowd& crowd, Claim** slot, Claim& claim);
  void unlink_from_crowd(Crowds::iterator crowd, Claim** slot, Claim& claim);
  bool changes_between(const Claim* a, const Claim* b) const;
  bool is_conflict(const Claim* first, Crowds::const_iterator crowd) const;

  const HashKey& key_;
  const bool ports_count_;
  PointerSet<Holding, HashOfHolding> holdings_;
  PointerSet<Claim, HashOfClaim> owners_;  // the winner of each owner
  Crowds crowds_;
  size_t shared_ = 0;
  size_t conflicts_ = 0;
};

}  // namespace meshdns
