#include "cmd/event_loop.h"

#include <doctest/doctest.h>

#include <csignal>

namespace meshdns {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a signal is a call on the loop's thread, every time") {
  EventLoop loop;
  int calls = 0;
  loop.on_signal(SIGHUP, [&] {
    if (++calls == 2) return loop.stop();
    std::raise(SIGHUP);
  });
  std::raise(SIGHUP);
  CHECK(calls == 0);
  loop.run();
  CHECK(calls == 2);
}

TEST_CASE("a delay ends once") {
  EventLoop loop;
  int calls = 0;
  loop.after(0ms, [&] { ++calls; });
  loop.after(5ms, [&] { loop.stop(); });
  loop.run();
  CHECK(calls == 1);
}

TEST_CASE("after each turn, until it has had enough") {
  EventLoop loop;
  int turns = 0;
  loop.after_each_turn([&] { return ++turns < 3; });
  for (int i = 0; i < 5; ++i) loop.after(0ms, [] {});
  loop.after(5ms, [&] { loop.after(0ms, [&] { loop.after(0ms, [&] { loop.after(0ms, [&] { loop.stop(); }); }); }); });
  loop.run();
  CHECK(turns == 3);
}

TEST_CASE("a loop goes with what is still on it") {
  EventLoop loop;
  loop.after(1h, [] {});
  loop.on_signal(SIGUSR1, [] {});
  loop.after_each_turn([] { return true; });
}

}  // namespace
}  // namespace meshdns
