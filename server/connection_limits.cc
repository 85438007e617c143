#include "server/connection_limits.h"

namespace meshdns {

ConnectionLimits::Verdict ConnectionLimits::open(const IpAddress& client) {
  const std::lock_guard lock(mutex_);
  const auto known = by_client_.find(client);
  if (known != by_client_.end() && known->second >= most_of_client_) return Verdict::kTooManyOfClient;
  if (open_ >= most_) return Verdict::kTooMany;
  ++open_;
  ++by_client_[client];
  return Verdict::kOpen;
}

void ConnectionLimits::closed(const IpAddress& client) {
  const std::lock_guard lock(mutex_);
  --open_;
  const auto known = by_client_.find(client);
  if (--known->second == 0) by_client_.erase(known);
}

}  // namespace meshdns
