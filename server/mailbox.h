#pragma once

// Work for one event loop from other threads.
//
// Threads: opened and closed on the loop's thread, or while that does not run; post() from any.

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

  /// 0, or libuv's error. After success close() is due.
  int open(uv_loop_t& loop);

  /// From now on the loop may end although this is open. On the loop's thread.
  void let_loop_end();

  /// Drops what waits and what comes from now on. The loop has to run once more.
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
