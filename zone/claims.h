#pragma once

// Who claims what: all holdings, found by object, and their claims, found by owner. It keeps the order of claimants; what that
// means for the zone is the catalog's. For the catalog's thread.

#include <cstdint>
#include <span>
#include <string_view>

#include "zone/holding.h"
#include "zone/name_hash.h"
#include "zone/pointer_set.h"

namespace meshdns {

class Claims {
 public:
  explicit Claims(const HashKey& key) : key_(key) {}
  ~Claims();
  Claims(const Claims&) = delete;
  Claims& operator=(const Claims&) = delete;

  Holding* find(SourceId source, std::string_view object);

  /// The first claimant of the owner, or null; the others follow by `next`.
  const Claim* winner(std::span<const uint8_t> owner, uint64_t owner_hash);

  /// Adds a holding of an object that is not held; `hash_of(owner)` gives each claim's owner's hash.
  template <class HashOf>
  Holding& add(HoldingPtr holding, SourceId source, HashOf hash_of) {
    for (Claim& claim : holding->claims()) claim.hash = static_cast<uint32_t>(hash_of(claim.owner()));
    return link(std::move(holding), source);
  }

  /// Takes the holding out and hands it over.
  HoldingPtr take(Holding& holding);

  size_t conflicts() const { return conflicts_; }  // owners with more than one claimant

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

  uint32_t hash_of(SourceId source, std::string_view object) const;
  Claim** slot_of(std::span<const uint8_t> owner, uint32_t hash);
  Holding& link(HoldingPtr holding, SourceId source);
  void link(Claim& claim);
  void unlink(Claim& claim);

  const HashKey& key_;
  PointerSet<Holding, HashOfHolding> holdings_;
  PointerSet<Claim, HashOfClaim> owners_;  // the winner of each owner
  size_t conflicts_ = 0;
};

}  // namespace meshdns
