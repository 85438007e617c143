#pragma once

// Work for one event loop from other threads.
//
// Threads: opened and closed on the loop's thread, or before that runs; post() from any.

#include <uv.h>

#include <functional>
#include <mutex>
#include <vector>

namespace meshdns {

class Mailbox {
 public:
  Mailbox() = default;
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// 0, or libuv's error. After success close() is due before the loop ends.
  int open(uv_loop_t& loop);

  /// Drops what waits and what comes from now on. The loop finishes that.
  void close();

  /// Calls `work` on the loop's thread, in the order of the calls; after close(), not at all.
  void post(std::function<void()> work);

 private:
  void deliver();

  uv_async_t wakeup_{};
  std::mutex mutex_;
  std::vector<std::function<void()>> waiting_;
  bool open_ = false;
};

}  // namespace meshdns
