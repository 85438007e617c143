#include "k8s/api/timer.h"

#include <uv.h>

#include <algorithm>
#include <utility>

namespace meshdns {

struct Timer::Handle {
  uv_timer_t timer;
  std::function<void()> on_fire;
};

void Timer::Close::operator()(Handle* handle) const {
  uv_close(reinterpret_cast<uv_handle_t*>(&handle->timer),
           [](uv_handle_t* closed) { delete static_cast<Handle*>(closed->data); });
}

Timer::Timer(uv_loop_t* loop, std::function<void()> on_fire) : handle_(new Handle{{}, std::move(on_fire)}) {
  uv_timer_init(loop, &handle_->timer);
  handle_->timer.data = handle_.get();
}

Timer::~Timer() = default;

void Timer::start(std::chrono::milliseconds after) {
  // The loop's notion of now is that of its last iteration, which a long list may have made old.
  uv_update_time(handle_->timer.loop);
  const auto delay = static_cast<uint64_t>(std::max<int64_t>(after.count(), 0));
  uv_timer_start(
      &handle_->timer, [](uv_timer_t* timer) { static_cast<Handle*>(timer->data)->on_fire(); }, delay, 0);
}

void Timer::stop() { uv_timer_stop(&handle_->timer); }

}  // namespace meshdns
