#include "cmd/event_loop.h"

#include <uv.h>

#include <thread>
#include <utility>
#include <vector>

namespace meshdns {
namespace {

struct Handle {
  uv_any_handle uv{};
  std::function<bool()> call;  // false: no more of them
};

template <class UvHandle>
void call_handle(UvHandle* uv) {
  if (!static_cast<Handle*>(uv->data)->call()) uv_close(reinterpret_cast<uv_handle_t*>(uv), nullptr);
}

}  // namespace

struct EventLoop::State {
  uv_loop_t loop{};
  std::vector<std::unique_ptr<Handle>> handles;

  Handle& add(std::function<bool()> call) {
    auto& handle = *handles.emplace_back(std::make_unique<Handle>());
    handle.call = std::move(call);
    handle.uv.handle.data = &handle;
    return handle;
  }
};

EventLoop::EventLoop() : state_(std::make_unique<State>()) { uv_loop_init(&state_->loop); }

EventLoop::~EventLoop() {
  for (const auto& handle : state_->handles) {
    if (uv_is_closing(&handle->uv.handle) == 0) uv_close(&handle->uv.handle, nullptr);
  }
  uv_run(&state_->loop, UV_RUN_DEFAULT);
  uv_loop_close(&state_->loop);
}

uv_loop_s& EventLoop::get() { return state_->loop; }

void EventLoop::on_signal(int number, std::function<void()> call) {
  Handle& handle = state_->add([call = std::move(call)] { return call(), true; });
  uv_signal_init(&state_->loop, &handle.uv.signal);
  uv_signal_start(
      &handle.uv.signal, [](uv_signal_t* uv, int) { call_handle(uv); }, number);
}

void EventLoop::after(std::chrono::milliseconds delay, std::function<void()> call) {
  Handle& handle = state_->add([call = std::move(call)] { return call(), false; });
  uv_timer_init(&state_->loop, &handle.uv.timer);
  uv_timer_start(&handle.uv.timer, call_handle<uv_timer_t>, static_cast<uint64_t>(delay.count()), 0);
}

void EventLoop::aside(std::function<void()> work, std::function<void()> done) {
  struct Aside {
    uv_async_t over{};
    std::function<void()> done;
    std::thread thread;
  };
  auto* aside = new Aside{{}, std::move(done), {}};
  uv_async_init(&state_->loop, &aside->over, [](uv_async_t* over) {
    auto& self = *static_cast<Aside*>(over->data);
    self.thread.join();
    self.done();
    uv_close(reinterpret_cast<uv_handle_t*>(over),
             [](uv_handle_t* closed) { delete static_cast<Aside*>(closed->data); });
  });
  aside->over.data = aside;
  aside->thread = std::thread([aside, work = std::move(work)] {
    work();
    uv_async_send(&aside->over);
  });
}

void EventLoop::after_each_turn(std::function<bool()> call) {
  Handle& handle = state_->add(std::move(call));
  uv_prepare_init(&state_->loop, &handle.uv.prepare);  // not a check, which comes before the timers
  uv_prepare_start(&handle.uv.prepare, call_handle<uv_prepare_t>);
}

void EventLoop::run() { uv_run(&state_->loop, UV_RUN_DEFAULT); }

void EventLoop::turn() { uv_run(&state_->loop, UV_RUN_ONCE); }

void EventLoop::stop() { uv_stop(&state_->loop); }

}  // namespace meshdns
