#pragma once

// Sockets as the workers need them: bound, non-blocking, one of each transport a worker on every address.

#include <cstdint>

#include "server/server.h"
#include "zone/result.h"

namespace meshdns {

/// Checks that nobody uses `address`: with SO_REUSEPORT alone, a second server would silently share its queries. Where the port is
/// 0, it is replaced by one that is free for UDP and TCP. The error names the address.
Result<SocketAddress> claim_port(const SocketAddress& address);

/// A UDP or TCP socket on `address`, which others of this process may share (SO_REUSEPORT).
Result<int> bind_socket(const SocketAddress& address, bool udp);

}  // namespace meshdns
