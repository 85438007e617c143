#pragma once

// How many TCP connections are open, in all and from each client address, over all workers.
//
// Threads: any. It locks when a connection opens and when it closes, never for a query.

#include <cstddef>
#include <map>
#include <mutex>

#include "zone/address.h"

namespace meshdns {

class ConnectionLimits {
 public:
  enum class Verdict : uint8_t { kOpen, kTooMany, kTooManyOfClient };

  ConnectionLimits(size_t most, size_t most_of_client) : most_(most), most_of_client_(most_of_client) {}

  /// kOpen: the connection is counted until closed().
  Verdict open(const IpAddress& client);
  void closed(const IpAddress& client);

 private:
  const size_t most_;
  const size_t most_of_client_;
  std::mutex mutex_;
  size_t open_ = 0;
  std::map<IpAddress, size_t> by_client_;
};

}  // namespace meshdns
