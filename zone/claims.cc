#include "zone/claims.h"

#include <algorithm>
#include <iterator>
#include <vector>

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

Holding& Claims::insert(HoldingPtr holding, SourceId source) {
  holding->source = source;
  holding->hash = hash_of(source, holding->object());
  holdings_.insert(holding.get());
  return *holding.release();
}

HoldingPtr Claims::take(Holding& holding) {
  holdings_.erase(holdings_.find(holding.hash, [&](const Holding& other) { return &other == &holding; }));
  return HoldingPtr(&holding);
}

void Claims::link(Holding& holding) {
  for (Claim& claim : holding.claims()) link(claim);
}

void Claims::unlink(Holding& holding) {
  for (Claim& claim : holding.claims()) unlink(claim);
}

// The claimants of an owner ------------------------------------------------------------------------------------------

void Claims::link(Claim& claim) {
  Claim** const slot = slot_of(claim.owner(), claim.hash);
  if (slot == nullptr) {
    owners_.insert(&claim);
    return;
  }
  const auto crowd = crowd_of(claim);
  if ((*slot)->next == nullptr) ++shared_;
  conflicts_ -= is_conflict(*slot, crowd) ? 1 : 0;
  if (crowd != crowds_.end()) {
    link_in_crowd(crowd->second, slot, claim);
  } else {
    Claim** at = slot;
    while (*at != nullptr && precedes((*at)->holding(), claim.holding())) at = &(*at)->next;
    claim.next = *at;
    *at = &claim;
    gather(claim, *slot);
  }
  conflicts_ += is_conflict(*slot, crowd_of(claim)) ? 1 : 0;
}

void Claims::unlink(Claim& claim) {
  Claim** const slot = slot_of(claim.owner(), claim.hash);
  if (*slot == &claim && claim.next == nullptr) {
    owners_.erase(slot);
    return;
  }
  const auto crowd = crowd_of(claim);
  conflicts_ -= is_conflict(*slot, crowd) ? 1 : 0;
  if (crowd != crowds_.end()) {
    unlink_from_crowd(crowd, slot, claim);
  } else {
    Claim** at = slot;
    while (*at != &claim) at = &(*at)->next;
    *at = claim.next;
  }
  if ((*slot)->next == nullptr) --shared_;
  conflicts_ += is_conflict(*slot, crowd_of(claim)) ? 1 : 0;
}

bool Claims::same_answer(const Claim& a, const Claim& b) const {
  if (a.v4 != b.v4 || a.v6 != b.v6) return false;
  if (ports_count_ && a.holding().ports() != b.holding().ports()) return false;
  if (std::ranges::equal(a.packed_addresses(), b.packed_addresses())) return true;
  std::vector<IpAddress> of_a = a.addresses();
  std::vector<IpAddress> of_b = b.addresses();
  std::ranges::sort(of_a);
  std::ranges::sort(of_b);
  return of_a == of_b;
}

bool Claims::changes_between(const Claim* a, const Claim* b) const {
  return a != nullptr && b != nullptr && !same_answer(*a, *b);
}

bool Claims::is_conflict(const Claim* first, Crowds::const_iterator crowd) const {
  if (crowd != crowds_.end()) return crowd->second.changes > 0;
  while (first->next != nullptr && same_answer(*first, *first->next)) first = first->next;
  return first->next != nullptr;
}

// Crowds --------------------------------------------------------------------------------------------------------------

bool Claims::Precedence::operator()(const Claim* a, const Claim* b) const {
  return &a->holding() == &b->holding() ? a < b : precedes(a->holding(), b->holding());
}

Claims::Crowds::iterator Claims::crowd_of(const Claim& claim) {
  if (crowds_.empty()) return crowds_.end();
  const std::span<const uint8_t> owner = claim.owner();
  return crowds_.find(std::string_view(reinterpret_cast<const char*>(owner.data()), owner.size()));
}

/// Makes a crowd of the list that begins with `first` where it has become long enough.
void Claims::gather(const Claim& claim, Claim* first) {
  size_t length = 0;
  for (const Claim* each = first; each != nullptr; each = each->next) ++length;
  if (length < kCrowd) return;
  const std::span<const uint8_t> owner = claim.owner();
  Crowd& crowd = crowds_[std::string(owner.begin(), owner.end())];
  for (Claim* each = first; each != nullptr; each = each->next) {
    crowd.order.insert(crowd.order.end(), each);
    crowd.changes += changes_between(each, each->next) ? 1 : 0;
  }
}

void Claims::link_in_crowd(Crowd& crowd, Claim** slot, Claim& claim) {
  const auto at = crowd.order.insert(&claim).first;
  Claim* const before = at == crowd.order.begin() ? nullptr : *std::prev(at);
  claim.next = before == nullptr ? *slot : before->next;
  crowd.changes -= changes_between(before, claim.next) ? 1 : 0;
  crowd.changes += (changes_between(before, &claim) ? 1 : 0) + (changes_between(&claim, claim.next) ? 1 : 0);
  (before == nullptr ? *slot : before->next) = &claim;
}

void Claims::unlink_from_crowd(Crowds::iterator crowd, Claim** slot, Claim& claim) {
  auto& [order, changes] = crowd->second;
  const auto at = order.find(&claim);
  Claim* const before = at == order.begin() ? nullptr : *std::prev(at);
  changes -= (changes_between(before, &claim) ? 1 : 0) + (changes_between(&claim, claim.next) ? 1 : 0);
  changes += changes_between(before, claim.next) ? 1 : 0;
  (before == nullptr ? *slot : before->next) = claim.next;
  order.erase(at);
  if (order.size() < kCrowd / 2) crowds_.erase(crowd);
}

}  // namespace meshdns
