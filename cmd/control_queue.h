#pragma once

// Work for the control thread from other threads: the admin server asks the catalog this way.
//
// Threads: made, closed and destroyed on the control thread; ask() from any other until the destruction.

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <utility>

struct uv_loop_s;

namespace meshdns {

class ControlQueue {
 public:
  explicit ControlQueue(uv_loop_s& loop);
  ~ControlQueue();  // no asker is left; the loop has to run once more, as for every libuv handle
  ControlQueue(const ControlQueue&) = delete;
  ControlQueue& operator=(const ControlQueue&) = delete;

  /// Calls `question` on the control thread and returns what it returns; nothing after `patience`, or when too many wait already.
  /// A question may be called after its asker has gone: it owns what it needs.
  template <class Question>
  auto ask(std::chrono::milliseconds patience, Question question) -> std::optional<decltype(question())> {
    auto answer = std::make_shared<std::promise<decltype(question())>>();
    auto future = answer->get_future();
    const bool posted =
        post([answer = std::move(answer), question = std::move(question)]() mutable { answer->set_value(question()); });
    if (!posted) return std::nullopt;
    if (future.wait_for(patience) != std::future_status::ready) return std::nullopt;
    try {
      return future.get();
    } catch (const std::future_error&) {  // close() has dropped the question
      return std::nullopt;
    }
  }

  /// Whoever waits gets nothing, and so does whoever asks from now on: for the end, before the askers' threads are joined.
  void close();

 private:
  struct State;

  /// False where the queue is full or closed.
  bool post(std::function<void()> work);

  State* state_;  // owned; freed by libuv's close callback
};

}  // namespace meshdns
