#include "server/connection_limits.h"

namespace meshdns {

ConnectionLimits::Admission ConnectionLimits::open(const IpAddress& client, uint64_t now, Owner& owner) {
  const std::lock_guard lock(mutex_);
  const auto known = by_client_.find(client);
  const bool client_is_full = known != by_client_.end() && known->second >= most_of_client_;
  Seat* displaced = nullptr;
  if (client_is_full || open_ >= most_) {
    displaced = longest_idle(client_is_full ? &client : nullptr);
    if (displaced == nullptr) return {nullptr, false};
    discount(*displaced);
    displaced->owner_->seat_lost(displaced->number_);
  }
  if (free_.empty()) free_.push_back(&seats_.emplace_back());
  Seat& seat = *free_.back();
  free_.pop_back();
  seat.set_idle(now);
  seat.counted_ = true;
  seat.number_ = ++opened_;
  seat.client_ = client;
  seat.owner_ = &owner;
  ++open_;
  ++by_client_[client];
  return {&seat, displaced != nullptr};
}

void ConnectionLimits::closed(Seat& seat) {
  const std::lock_guard lock(mutex_);
  if (seat.counted_) discount(seat);
  free_.push_back(&seat);
}

ConnectionLimits::Seat* ConnectionLimits::longest_idle(const IpAddress* client) {
  Seat* longest = nullptr;
  uint64_t since = Seat::kBusy;
  for (Seat& seat : seats_) {
    const uint64_t idle_since = seat.idle_since_.load(std::memory_order_relaxed);
    if (idle_since >= since || !seat.counted_ || (client != nullptr && seat.client_ != *client)) continue;
    longest = &seat;
    since = idle_since;
  }
  return longest;
}

void ConnectionLimits::discount(Seat& seat) {
  seat.counted_ = false;
  --open_;
  const auto known = by_client_.find(seat.client_);
  if (--known->second == 0) by_client_.erase(known);
}

}  // namespace meshdns
