#include "server/sockets.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include "server/socket_address.h"
#include "zone/descriptor.h"

namespace meshdns {
namespace {

// Octets of a UDP socket's buffers: bursts of thousands of queries while a worker is busy. The kernel may grant less
// (net.core.rmem_max).
constexpr int kUdpBuffer = 4 << 20;

bool set(int fd, int level, int option, int value = 1) {
  return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

Error failure(const SocketAddress& address, bool udp, int error) {
  std::string message =
      "cannot listen on " + address.text() + (udp ? " (UDP): " : " (TCP): ") + std::system_category().message(error);
  if (error == EADDRINUSE) message += "; stop what uses the port, or choose another with --listen";
  if (error == EACCES) message += "; ports below 1024 need root or the capability CAP_NET_BIND_SERVICE";
  if (error == EADDRNOTAVAIL) message += "; no interface of this host has the address";
  return Error{std::move(message)};
}

Result<int> bind_socket(const SocketAddress& address, bool udp, bool shared) {
  const bool v4 = address.address.is_v4();
  Descriptor fd(socket(v4 ? AF_INET : AF_INET6, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return failure(address, udp, errno);
  // Over TCP, connections of an earlier run that are not quite gone do not matter.
  if (!udp) set(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  if (shared) set(fd.get(), SOL_SOCKET, SO_REUSEPORT);
  if (!v4) set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  if (udp) {
    set(fd.get(), SOL_SOCKET, SO_RCVBUF, kUdpBuffer);
    set(fd.get(), SOL_SOCKET, SO_SNDBUF, kUdpBuffer);
    if (address.address.is_unspecified()) {
      set(fd.get(), v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_PKTINFO : IPV6_RECVPKTINFO);
    }
    // A path MTU that somebody forged must not make us fragment less or more than the size we answer with.
    set(fd.get(), v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER,
        v4 ? IP_PMTUDISC_OMIT : IPV6_PMTUDISC_OMIT);
  }
  const NativeAddress where = native(address);
  if (bind(fd.get(), where.get(), where.size) != 0) {
    return failure(address, udp, errno);
  }
  return fd.release();
}

}  // namespace

Result<SocketPair> claim_sockets(SocketAddress& address) {
  constexpr int kTries = 16;  // a port that is free for UDP is nearly always free for TCP
  for (int attempt = 1;; ++attempt) {
    const Result<int> udp = bind_socket(address, true, false);
    if (!udp) return Error{udp.error()};
    Descriptor udp_fd(*udp);
    const SocketAddress claimed{address.address, local_address(udp_fd.get()).port};
    const Result<int> tcp = bind_socket(claimed, false, false);
    if (!tcp) {
      if (address.port == 0 && attempt < kTries) continue;
      return Error{tcp.error()};
    }
    // Asked for after bind() alone, it lets others in without letting us in beside others.
    for (const int fd : {udp_fd.get(), *tcp}) set(fd, SOL_SOCKET, SO_REUSEPORT);
    address = claimed;
    return SocketPair{udp_fd.release(), *tcp};
  }
}

Result<SocketPair> open_sockets(const SocketAddress& address) {
  const Result<int> udp = bind_socket(address, true, true);
  if (!udp) return Error{udp.error()};
  Descriptor udp_fd(*udp);
  const Result<int> tcp = bind_socket(address, false, true);
  if (!tcp) return Error{tcp.error()};
  return SocketPair{udp_fd.release(), *tcp};
}

Result<SocketPair> share_sockets(const SocketPair& sockets) {
  Descriptor udp(fcntl(sockets.udp, F_DUPFD_CLOEXEC, 0));
  Descriptor tcp(fcntl(sockets.tcp, F_DUPFD_CLOEXEC, 0));
  if (udp.get() < 0 || tcp.get() < 0) {
    return Error{"cannot go on listening: " + std::system_category().message(errno)};
  }
  return SocketPair{udp.release(), tcp.release()};
}

}  // namespace meshdns
