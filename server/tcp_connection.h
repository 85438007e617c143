#pragma once

// One TCP connection: messages with two octets of length before each (RFC 1035 §4.2.2, RFC 7766 §8).
//
// Memory: what a client can make us keep is the part of a message that has come (64 KiB, and one read behind it), the replies that it
// does not take (kFlush and one reply), and of a zone transfer one piece of 64 KiB. While replies or a transfer wait, nothing is read
// or answered.
//
// Threads: its listener's worker.

#include <netinet/in.h>
#include <uv.h>

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <vector>

#include "server/connection_limits.h"
#include "server/counters.h"
#include "server/tcp_framing.h"
#include "server/transfer_stream.h"
#include "zone/address.h"

namespace meshdns {

class TcpListener;
struct WorkerContext;

class TcpConnection : private TransferStream::Client {
 public:
  using List = std::list<std::unique_ptr<TcpConnection>>;

  TcpConnection(TcpListener& listener, uv_loop_t& loop, WorkerContext& context);
  ~TcpConnection() override = default;
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  /// Accepts what waits at `server`. 0, or libuv's error.
  int accept(uv_stream_t* server);

  /// Begins to read. close() is due in the end, as it is after a failed accept().
  void start();
  void close();

  const IpAddress& client() const { return client_; }

  /// In the middle of a message, or with replies or a zone that the client has not taken.
  bool is_busy() const { return !framing_.empty() || !unsent_.empty() || transfer_ != nullptr; }

  /// Whether it transfers a zone, and the client is not to blame that this takes time.
  bool transfer_moves() const { return transfer_ != nullptr && unsent_.empty() && transfer_->moves(); }

 private:
  friend class TcpListener;

  void on_read(ssize_t size);
  void on_written(int status);
  bool take(std::span<const uint8_t> bytes);
  TcpFraming::Next answer(std::span<const uint8_t> message);
  void flush();
  void send_unsent();
  void resume();
  void go_on(bool progress);
  void start_transfer();

  uv_stream_t* stream() override { return reinterpret_cast<uv_stream_t*>(&handle_); }
  std::string address_text() const override;
  void transfer_moved() override { go_on(true); }
  void transfer_done() override;
  void transfer_refused() override;
  void transfer_broke() override { close(); }

  TcpListener& listener_;
  uv_loop_t& loop_;
  WorkerContext& context_;
  uv_tcp_t handle_{};
  uv_write_t write_{};
  sockaddr_in6 peer_{};  // or a sockaddr_in
  IpAddress client_;
  Transport transport_ = Transport::kTcp4;
  TcpFraming framing_;
  std::vector<uint8_t> unsent_;               // replies that the socket did not take; being written
  std::shared_ptr<TransferStream> transfer_;  // while one is under way
  bool closing_ = false;

  // The listener's.
  List::iterator place_;
  bool in_busy_ = false;
  ConnectionLimits::Seat* seat_ = nullptr;  // null: not admitted, or closing
  uint64_t since_ = 0;  // loop time in milliseconds at which its state, or the message that it waits for, began
};

}  // namespace meshdns
