#pragma once

// One worker: a thread with a libuv loop, its sockets, its responder and its counters.
//
// Threads: constructed, started and ended from the server's thread; everything else happens on its own.

#include <uv.h>

#include <memory>
#include <thread>
#include <vector>

#include "server/mailbox.h"
#include "server/worker_context.h"
#include "zone/result.h"

namespace meshdns {

class ConnectionLimits;
class Directory;
struct SocketPair;
class TcpListener;
class Transfers;
class UdpListener;

class Worker {
 public:
  Worker(Directory& directory, const ServerOptions& options, ConnectionLimits& limits, Transfers& transfers,
         Counters& counters);
  ~Worker();  // ends
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Sets up the loop, which takes descriptors of the system. Once, before all else.
  Result<std::monostate> open();

  /// Takes over sockets on `address`. Before start().
  Result<std::monostate> listen(const SocketAddress& address, const SocketPair& sockets);

  void start();

  /// Finishes what is in flight and ends the thread. begin_end() returns at once, so that workers can end side by side.
  /// `superseded`: others go on reading from the sockets.
  void begin_end(bool superseded);
  void end();

 private:
  void close_all(bool superseded);

  uv_loop_t loop_{};
  Mailbox mailbox_;
  ServerLimits limits_;
  ConnectionLimits& connection_limits_;
  Epochs::Reader reader_;
  Responder responder_;
  WorkerContext context_;
  std::vector<std::unique_ptr<UdpListener>> udp_;
  std::vector<std::unique_ptr<TcpListener>> tcp_;
  std::thread thread_;
  // For the thread that owns the worker.
  bool open_ = false;
  bool ending_ = false;
};

}  // namespace meshdns
