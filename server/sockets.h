#pragma once

// Sockets as the workers need them: bound, non-blocking, one of each transport a worker on every address.

#include <vector>

#include "server/server.h"
#include "zone/result.h"

namespace meshdns {

/// Descriptors of a UDP and a TCP socket, without an owner.
struct SocketPair {
  int udp;
  int tcp;
};

/// Sockets on one address, each pair some worker's.
struct SocketsOn {
  SocketAddress address;
  std::vector<SocketPair> pairs;
};

/// The first sockets on `address`, which nobody may use yet: with SO_REUSEPORT alone, a second server would silently share its
/// queries. A port that is 0 is replaced by one that is free for UDP and TCP. From then on open_sockets() may follow. The error
/// names the address.
Result<SocketPair> claim_sockets(SocketAddress& address);

/// Sockets beside others of this process (SO_REUSEPORT). The error names the address.
Result<SocketPair> open_sockets(const SocketAddress& address);

/// The same sockets again, as descriptors of their own.
Result<SocketPair> share_sockets(const SocketPair& sockets);

}  // namespace meshdns
