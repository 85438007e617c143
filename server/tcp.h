#pragma once

// TCP of one worker on one address (RFC 7766): who may connect, and for how long. What happens on a connection is
// TcpConnection's.
//
// Threads: the worker's, but for the ConnectionLimits, which all workers share.

#include <uv.h>

#include <cstdint>
#include <span>
#include <vector>

#include "server/connection_limits.h"
#include "server/tcp_connection.h"

namespace meshdns {

struct WorkerContext;

class TcpListener : private ConnectionLimits::Owner {
 public:
  static constexpr size_t kMessage = 65535;  // octets, the most that a length of two octets can say
  // Replies are written when they pass this many octets: more would let a client that does not read make us keep more.
  static constexpr size_t kFlush = 16384;

  /// Takes over `fd`, bound; others may listen on the same socket. `limits` and `context` must outlive the listener.
  TcpListener(uv_loop_t& loop, int fd, ConnectionLimits& limits, WorkerContext& context);
  ~TcpListener() override;  // after close() has been carried out by the loop
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;

  /// 0, or libuv's error.
  int listen();

  /// Takes no more connections, and closes each as soon as it is idle, or late. The loop finishes that.
  void close();

 private:
  friend class TcpConnection;

  struct Output {
    std::vector<uint8_t> bytes;
    size_t size = 0;
  };

  // For connections: scratch memory, and what happens to them.
  std::span<uint8_t> input() { return input_; }
  Output& output() { return output_; }
  void connection_goes_on(TcpConnection& connection, bool progress);
  void connection_closes(TcpConnection& connection);
  void connection_closed(TcpConnection& connection);

  void accept();
  bool admit(TcpConnection& connection);
  void seat_lost(uint64_t number) override;
  void close_late();
  void end_when_drained();

  uv_loop_t& loop_;
  ConnectionLimits& limits_;
  WorkerContext& context_;
  uv_tcp_t listener_{};
  uv_timer_t timer_{};
  // In the order of TcpConnection::since_: the first is the next to be late.
  TcpConnection::List idle_;
  TcpConnection::List busy_;
  TcpConnection::List closing_;
  bool draining_ = false;
  std::vector<uint8_t> input_;  // one read
  Output output_;               // the replies to it
};

}  // namespace meshdns
