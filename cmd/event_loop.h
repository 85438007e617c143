#pragma once

// The control thread's libuv loop, and what the program itself hangs on it. Threads: one.

#include <chrono>
#include <functional>
#include <memory>

struct uv_loop_s;

namespace meshdns {

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();  // runs until all handles are closed: whoever else has any closes them before
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  uv_loop_s& get();

  /// Calls `call` whenever the signal arrives.
  void on_signal(int number, std::function<void()> call);

  /// Calls `call` once.
  void after(std::chrono::milliseconds delay, std::function<void()> call);

  /// Calls `work` on a thread of its own (it may wait for those of libuv's pool), and `done` when that has returned.
  void aside(std::function<void()> work, std::function<void()> done);

  /// Calls `call` each time before the loop waits, that is after all that one wakeup has brought, for as long as it returns true.
  void after_each_turn(std::function<bool()> call);

  /// Returns after stop().
  void run();
  void stop();

  /// Waits for one wakeup, and does what it brings; after run().
  void turn();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meshdns
