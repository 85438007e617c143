#pragma once

// UDP of one worker on one address: an own SO_REUSEPORT socket, polled by libuv, read and answered in batches.
//
// Threads: the worker's. libuv's own UDP (1.44) has neither sendmmsg nor PKTINFO.

#include <uv.h>

#include <memory>

namespace meshdns {

class Responder;
struct WorkerContext;

class UdpListener {
 public:
  /// Takes over `fd`, bound and non-blocking; others may read from the same socket. `wildcard`: replies have to leave from the address that was asked.
  UdpListener(uv_loop_t& loop, int fd, bool wildcard, WorkerContext& context);
  ~UdpListener();  // after close() has been carried out by the loop
  UdpListener(const UdpListener&) = delete;
  UdpListener& operator=(const UdpListener&) = delete;

  /// Answers what the socket holds, but no more than at two wake-ups, as a flood has no end; then closes it. The loop finishes that.
  /// `superseded`: others go on reading from the socket. If not, the kernel refuses from now on what comes.
  void close(bool superseded);

 private:
  struct Batch;

  static void on_poll(uv_poll_t* poll, int status, int events);
  void refuse_more();
  void finish();
  void serve();
  void answer_batch();
  bool send_batch();
  void watch(int events);

  uv_poll_t poll_{};
  const int fd_;
  WorkerContext& context_;
  std::unique_ptr<Batch> batch_;
  bool blocked_ = false;  // replies wait for room in the socket
};

}  // namespace meshdns
