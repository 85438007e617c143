#include "zone/claims.h"

#include <algorithm>

namespace meshdns {

Claims::~Claims() {
  holdings_.for_each([](Holding& holding) { HoldingDeleter()(&holding); });
}

uint32_t Claims::hash_of(SourceId source, std::string_view object) const {
  return static_cast<uint32_t>(text_hash(key_, object)) + source;
}

Holding* Claims::find(SourceId source, std::string_view object) {
  Holding** slot = holdings_.find(hash_of(source, object), [&](const Holding& holding) {
    return holding.source == source && holding.object() == object;
  });
  return slot == nullptr ? nullptr : *slot;
}

Claim** Claims::slot_of(std::span<const uint8_t> owner, uint32_t hash) {
  return owners_.find(hash, [&](const Claim& claim) { return std::ranges::equal(claim.owner(), owner); });
}

const Claim* Claims::winner(std::span<const uint8_t> owner, uint64_t owner_hash) {
  Claim** slot = slot_of(owner, static_cast<uint32_t>(owner_hash));
  return slot == nullptr ? nullptr : *slot;
}

Holding& Claims::link(HoldingPtr holding, SourceId source) {
  holding->source = source;
  holding->hash = hash_of(source, holding->object());
  for (Claim& claim : holding->claims()) link(claim);
  holdings_.insert(holding.get());
  return *holding.release();
}

HoldingPtr Claims::take(Holding& holding) {
  holdings_.erase(holdings_.find(holding.hash, [&](const Holding& other) { return &other == &holding; }));
  for (Claim& claim : holding.claims()) unlink(claim);
  return HoldingPtr(&holding);
}

void Claims::link(Claim& claim) {
  Claim** at = slot_of(claim.owner(), claim.hash);
  if (at == nullptr) {
    owners_.insert(&claim);
    return;
  }
  if ((*at)->next == nullptr) ++conflicts_;
  while (*at != nullptr && precedes((*at)->holding(), claim.holding())) at = &(*at)->next;
  claim.next = *at;
  *at = &claim;
}

void Claims::unlink(Claim& claim) {
  Claim** const slot = slot_of(claim.owner(), claim.hash);
  Claim** at = slot;
  while (*at != &claim) at = &(*at)->next;
  if (at == slot && claim.next == nullptr) {
    owners_.erase(slot);
    return;
  }
  *at = claim.next;
  if ((*slot)->next == nullptr) --conflicts_;
}

}  // namespace meshdns
