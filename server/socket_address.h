#pragma once

// Addresses with ports, ours and as the kernel has them.

#include <sys/socket.h>

#include "server/server.h"

namespace meshdns {

struct NativeAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

NativeAddress native(const SocketAddress& address);

/// `address` is IPv4 or IPv6. An IPv4 client of an IPv6 socket (v4-mapped) is IPv4.
SocketAddress socket_address(const sockaddr& address);

/// Where the socket is bound.
SocketAddress local_address(int fd);

}  // namespace meshdns
