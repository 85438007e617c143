#include "cmd/control_queue.h"

#include <uv.h>

#include <mutex>
#include <vector>

namespace meshdns {
namespace {

constexpr size_t kMostWaiting = 64;  // the admin server has fewer threads; those that gave up waiting count, too

}  // namespace

struct ControlQueue::State {
  uv_async_t wakeup{};
  std::mutex mutex;
  std::vector<std::function<void()>> waiting;
  bool closed = false;
};

ControlQueue::ControlQueue(uv_loop_t& loop) : state_(new State) {
  uv_async_init(&loop, &state_->wakeup, [](uv_async_t* wakeup) {
    auto* state = static_cast<State*>(wakeup->data);
    std::vector<std::function<void()>> work;
    {
      const std::lock_guard lock(state->mutex);
      work.swap(state->waiting);
    }
    for (const auto& call : work) call();
  });
  state_->wakeup.data = state_;
}

ControlQueue::~ControlQueue() {
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->wakeup),
           [](uv_handle_t* wakeup) { delete static_cast<State*>(wakeup->data); });
}

void ControlQueue::close() {
  std::vector<std::function<void()>> dropped;
  const std::lock_guard lock(state_->mutex);
  state_->closed = true;
  dropped.swap(state_->waiting);
}

bool ControlQueue::post(std::function<void()> work) {
  const std::lock_guard lock(state_->mutex);
  if (state_->closed || state_->waiting.size() >= kMostWaiting) return false;
  state_->waiting.push_back(std::move(work));
  uv_async_send(&state_->wakeup);
  return true;
}

}  // namespace meshdns
