#pragma once

// Sockets as the workers need them: bound, non-blocking, one of each transport a worker on every address.

#include <vector>

#include "server/server.h"
#include "zone/result.h"

namespace meshdns {

/// Checks that nobody uses `address`: with SO_REUSEPORT alone, a second server would silently share its queries. Where the port is
/// 0, it is replaced by one that is free for UDP and TCP. The error names the address.
Result<SocketAddress> claim_port(const SocketAddress& address);

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

/// New sockets, which others of this process may stand beside (SO_REUSEPORT). The error names the address.
Result<SocketPair> open_sockets(const SocketAddress& address);

/// The same sockets again, as descriptors of their own.
Result<SocketPair> share_sockets(const SocketPair& sockets);

}  // namespace meshdns
