#pragma once

// Who asks, and over what.

#include <sys/socket.h>

#include "server/counters.h"

namespace meshdns {

struct Client {
  Transport transport;
  const sockaddr& address;  // IPv4 or IPv6

  bool is_udp() const { return transport == Transport::kUdp4 || transport == Transport::kUdp6; }
};

}  // namespace meshdns
