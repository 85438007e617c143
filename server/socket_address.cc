#include "server/socket_address.h"

#include <netinet/in.h>

#include <cstring>
#include <span>

namespace meshdns {

std::string SocketAddress::text() const {
  const std::string host = address.is_v4() ? address.text() : "[" + address.text() + "]";
  return host + ":" + std::to_string(port);
}

NativeAddress native(const SocketAddress& address) {
  NativeAddress native;
  const auto bytes = address.address.bytes();
  if (address.address.is_v4()) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(native.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&v4.sin_addr, bytes.data(), bytes.size());
    native.size = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(native.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());
    native.size = sizeof v6;
  }
  return native;
}

SocketAddress socket_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return {IpAddress::v4(std::span<const uint8_t, 4>(reinterpret_cast<const uint8_t*>(&v4.sin_addr), 4)),
            ntohs(v4.sin_port)};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  const std::span<const uint8_t, 16> bytes(v6.sin6_addr.s6_addr);
  const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) != 0;
  return {mapped ? IpAddress::v4(bytes.last<4>()) : IpAddress::v6(bytes), ntohs(v6.sin6_port)};
}

SocketAddress local_address(int fd) {
  NativeAddress native;
  getsockname(fd, native.get(), &native.size);
  return socket_address(*native.get());
}

}  // namespace meshdns
