#include "cmd/control_queue.h"

#include <doctest/doctest.h>
#include <uv.h>

#include <atomic>
#include <string>
#include <thread>

namespace meshdns {
namespace {

using namespace std::chrono_literals;

/// A loop, closed at the end with all that was on it.
struct Loop {
  Loop() { uv_loop_init(&loop); }
  ~Loop() {
    uv_run(&loop, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&loop) == 0);
  }
  uv_loop_t loop;
};

TEST_CASE("a question from another thread is answered on the control thread") {
  Loop control;
  ControlQueue queue(control.loop);
  std::thread::id answered_on;
  std::optional<std::string> answer;
  std::thread asker([&] {
    answer = queue.ask(60s, [&] {
      answered_on = std::this_thread::get_id();
      uv_stop(&control.loop);
      return std::string("yes");
    });
  });
  uv_run(&control.loop, UV_RUN_DEFAULT);
  asker.join();
  CHECK(answer == "yes");
  CHECK(answered_on == std::this_thread::get_id());
}

TEST_CASE("whoever waits too long gets nothing") {
  Loop control;
  ControlQueue queue(control.loop);
  CHECK_FALSE(queue.ask(0ms, [] { return 1; }));  // nobody runs the loop
}

TEST_CASE("the queue is bounded") {
  Loop control;
  ControlQueue queue(control.loop);
  int called = 0;
  for (int i = 0; i < 1000; ++i) {
    (void)queue.ask(0ms, [&] { return ++called; });
  }
  uv_run(&control.loop, UV_RUN_NOWAIT);
  CHECK(called > 0);
  CHECK(called < 1000);
}

TEST_CASE("closing lets everybody go") {
  Loop control;
  ControlQueue queue(control.loop);
  std::optional<int> answer = 0;
  std::thread asker([&] { answer = queue.ask(60s, [] { return 1; }); });
  queue.close();
  asker.join();
  CHECK_FALSE(answer);
  CHECK_FALSE(queue.ask(60s, [] { return 1; }));
}

}  // namespace
}  // namespace meshdns
