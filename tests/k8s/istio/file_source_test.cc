#include "k8s/istio/file_source.h"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "tests/k8s/api/fake_api.h"
#include "tests/k8s/istio/log_capture.h"
#include "tests/k8s/istio/temporary_directory.h"
#include "tests/k8s/istio/world.h"

namespace meshdns {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kNoPoll = std::chrono::hours(1);

/// A loop with a file source on it.
struct Running {
  explicit Running(milliseconds poll = kNoPoll) : poll(poll) {}

  void start(const std::string& path) {
    auto opened = FileSource::open(loop, path, world.feed([this](double, size_t) { ++batches; }), poll);
    REQUIRE(opened);
    source.emplace(*std::move(opened));
    source->start();
  }

  bool answers(const std::string& name, const std::string& expected) {
    return run_until(loop, [&] { return world.answer(name) == expected; });
  }

  const milliseconds poll;
  TestLoop loop;
  World world;
  std::optional<FileSource> source;
  int batches = 0;
};

TEST_CASE("a directory is watched") {
  TemporaryDirectory directory;
  directory.write("1.yaml", manifest("a", "240.0.0.1"));
  Running running;
  running.start(directory.path());
  CHECK(running.world.answer("a.bar.global") == "240.0.0.1");
  CHECK(running.world.answer("b.bar.global") == "nxdomain");
  CHECK(running.world.source.synced());

  directory.write("1.yaml", manifest("a", "240.0.0.2"));
  CHECK(running.answers("a.bar.global", "240.0.0.2"));
  directory.replace("1.yaml", manifest("a", "240.0.0.3"));
  CHECK(running.answers("a.bar.global", "240.0.0.3"));
  directory.write("2.yaml", manifest("b", "240.0.0.4"));
  CHECK(running.answers("b.bar.global", "240.0.0.4"));
  CHECK(running.batches == 4);
  {
    LogCapture log;
    directory.write("2.yaml", "b: [");
    directory.write("3.yaml", manifest("c", "240.0.0.5"));
    CHECK(running.answers("c.bar.global", "240.0.0.5"));
    CHECK(running.world.answer("b.bar.global") == "240.0.0.4");
    CHECK(log.take().size() == 1);
  }
  directory.write("2.yaml", manifest("b", "240.0.0.6"));
  CHECK(running.answers("b.bar.global", "240.0.0.6"));
  directory.remove("1.yaml");
  CHECK(running.answers("a.bar.global", "nxdomain"));
}

TEST_CASE("one file is watched") {
  TemporaryDirectory directory;
  directory.write("entries.yaml", manifest("a", "240.0.0.1"));
  Running running;
  running.start(directory.path("entries.yaml"));
  CHECK(running.world.answer("a.bar.global") == "240.0.0.1");
  directory.replace("entries.yaml", manifest("a", "240.0.0.2"));
  CHECK(running.answers("a.bar.global", "240.0.0.2"));
  directory.write("entries.yaml", manifest("a", "240.0.0.3"));
  CHECK(running.answers("a.bar.global", "240.0.0.3"));
}

TEST_CASE("a ConfigMap's update is seen") {
  TemporaryDirectory directory;
  directory.mount("1", "entries.yaml", manifest("a", "240.0.0.1"));
  Running running;
  SUBCASE("in a directory") { running.start(directory.path()); }
  SUBCASE("in a file") { running.start(directory.path("entries.yaml")); }
  CHECK(running.world.answer("a.bar.global") == "240.0.0.1");
  directory.mount("2", "entries.yaml", manifest("a", "240.0.0.2"));
  CHECK(running.answers("a.bar.global", "240.0.0.2"));
}

TEST_CASE("what sends no event is seen all the same") {
  TemporaryDirectory elsewhere;
  TemporaryDirectory directory;
  elsewhere.write("real.yaml", manifest("a", "240.0.0.1"));
  std::filesystem::create_symlink(elsewhere.path("real.yaml"), directory.path("1.yaml"));
  Running running(milliseconds(20));
  running.start(directory.path());
  elsewhere.write("real.yaml", manifest("a", "240.0.0.2"));
  CHECK(running.answers("a.bar.global", "240.0.0.2"));
}

TEST_CASE("a directory that is replaced is watched as the new one") {
  TemporaryDirectory parent;
  std::filesystem::create_directory(parent.path("entries"));
  parent.write("entries/1.yaml", manifest("a", "240.0.0.1"));
  Running running;
  running.start(parent.path("entries"));
  std::filesystem::rename(parent.path("entries"), parent.path("away"));
  std::filesystem::create_directory(parent.path("entries"));
  parent.write("entries/1.yaml", manifest("a", "240.0.0.2"));
  CHECK(running.answers("a.bar.global", "240.0.0.2"));  // by the event of the move
  parent.write("entries/1.yaml", manifest("a", "240.0.0.3"));
  CHECK(running.answers("a.bar.global", "240.0.0.3"));
}

TEST_CASE("a path at which there is nothing") {
  Running running;
  const auto source = FileSource::open(running.loop, "/nowhere/at/all", running.world.feed());
  REQUIRE_FALSE(source);
  CHECK(source.error().find("/nowhere/at/all") != std::string::npos);
  CHECK_FALSE(running.world.source.synced());
}

}  // namespace
}  // namespace meshdns
