#pragma once

// A one-shot timer of a libuv loop that may be destroyed at any time, from its own call too: the handle outlives it
// until the loop has closed it. Threads: the loop's alone. The loop must run once more after the last timer is gone.

#include <chrono>
#include <functional>
#include <memory>

typedef struct uv_loop_s uv_loop_t;  // NOLINT(modernize-use-using): as uv.h declares it

namespace meshdns {

class Timer {
 public:
  Timer(uv_loop_t* loop, std::function<void()> on_fire);
  ~Timer();

  /// Fires once, `after` from now, from the loop; starting again forgets the earlier start.
  void start(std::chrono::milliseconds after);
  void stop();

 private:
  struct Handle;
  struct Close {
    void operator()(Handle* handle) const;
  };
  std::unique_ptr<Handle, Close> handle_;
};

}  // namespace meshdns
