#pragma once

// The DNS server: workers with their sockets, over a directory of zones.
//
// Threads: start() and stop() from one thread. Each worker has a thread, a libuv loop, its own SO_REUSEPORT UDP and TCP
// sockets on every address, its own counters and scratch memory; workers share nothing but the zones, and only read them.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/identity.h"
#include "server/zone_copy.h"
#include "zone/address.h"
#include "zone/result.h"

namespace meshdns {

class Cookies;
class Counters;
class Directory;

struct SocketAddress {
  IpAddress address;
  uint16_t port;
  std::string text() const;  // "127.0.0.1:53", "[::1]:53"

  bool operator==(const SocketAddress&) const = default;
};

struct ServerLimits {
  unsigned tcp_connections = 4096;            // open at once, over all workers; at the limit the longest idle is closed
  unsigned tcp_per_client = 128;              // open at once from one address
  std::chrono::milliseconds tcp_idle{30000};  // without a query under way
  std::chrono::milliseconds tcp_message{2000};  // from a message's first octet to its last, and for a reply to be taken
  uint16_t udp_size = 1232;                     // octets; advertised, and the most that a UDP response has

  bool operator==(const ServerLimits&) const = default;
};

enum class QueryLog : uint8_t { kNone, kErrors, kAll };

class Server;

struct ServerOptions {
  std::vector<SocketAddress> listen;  // port 0: any free one, the same for UDP and TCP
  unsigned workers = 1;
  ServerLimits limits;
  QueryLog query_log = QueryLog::kNone;
  std::vector<IpBlock> transfer_allow;  // clients that may transfer zones
  const Cookies* cookies = nullptr;     // outlives the server
  Identity identity{};
  const Server* before =
      nullptr;  // is about to stop: its sockets on the same addresses are shared, so that no query is lost
};

class Server {
 public:
  Server(Directory& directory, CopyZone copy_zone);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds every address and starts the workers. The error names the address and says why. At most once.
  Result<std::vector<SocketAddress>> start(const ServerOptions& options);

  /// Has the workers take nothing new; stop() is due. Returns at once. `superseded`: another server, started with this one `before`
  /// it, goes on with the sockets. If not, a datagram that comes from now on is refused (ICMP), not lost: its sender can ask another
  /// server at once.
  void begin_stop(bool superseded);

  /// Finishes what is in flight: answers what the UDP sockets hold (a flood: a part of it), lets TCP clients finish their
  /// message for at most tcp_message, and ends the workers. A zone transfer that runs has tcp_message, too, and is then cut off although
  /// its client takes it; one that waits for its image is answered with SERVFAIL. CopyZone must not block any more.
  void stop();

  /// One a worker; valid as long as the server is.
  const std::vector<std::unique_ptr<Counters>>& counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meshdns
