#include "cmd/input.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <future>
#include <string>

#include "tests/k8s/api/temp_dir.h"
#include "zone/descriptor.h"

namespace meshdns {
namespace {

using std::chrono::milliseconds;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    out = Descriptor(ends[0]);
    in = Descriptor(ends[1]);
  }
  std::string path() const { return "/dev/fd/" + std::to_string(out.get()); }
  void write(const std::string& text) const {
    REQUIRE(::write(in.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }

  Descriptor out;
  Descriptor in;
};

TEST_CASE("files") {
  const TempDir dir;
  const std::string file = dir.write("file", "some text\n");
  CHECK(*read_input(file) == "some text\n");
  CHECK(read_input(dir.write("empty", ""))->empty());
  CHECK_FALSE(is_read_once(file));
  CHECK(read_input(dir.write("full", std::string(1 << 20, 'x')))->size() == 1 << 20);
  const std::string large = dir.write("large", std::string((1 << 20) + 1, 'x'));
  CHECK(read_input(large).error() == large + " is larger than 1 MiB");
  CHECK(read_input(dir.path()).error() == "cannot read " + dir.path() + ": Is a directory");
  CHECK(read_input(dir.path() + "/none").error() == "cannot read " + dir.path() + "/none: No such file or directory");
  CHECK_FALSE(is_read_once(dir.path() + "/none"));
}

TEST_CASE("a pipe is read to its end, as it comes") {
  Pipe pipe;
  CHECK(is_read_once(pipe.path()));
  auto text = std::async(std::launch::async, [&] { return *read_input(pipe.path()); });
  std::string all;
  for (int i = 0; i < 100; ++i) {
    const std::string part(5000, static_cast<char>('a' + i % 26));
    pipe.write(part);
    all += part;
  }
  pipe.in = Descriptor();
  CHECK(text.get() == all);
}

TEST_CASE("a pipe whose writer has gone") {
  Pipe pipe;
  pipe.write("some text\n");
  pipe.in = Descriptor();
  CHECK(*read_input(pipe.path()) == "some text\n");
}

TEST_CASE("who never writes, or never ends, is not waited for") {
  const Pipe pipe;
  const std::string never = ": nothing came for 10ms, expected what is written, and its end";
  CHECK(read_input(pipe.path(), milliseconds(10)).error() == "cannot read " + pipe.path() + never);
  pipe.write("some text\n");
  CHECK(read_input(pipe.path(), milliseconds(10)).error() == "cannot read " + pipe.path() + never);

  const TempDir dir;
  const std::string fifo = dir.path() + "/fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(read_input(fifo, milliseconds(10)).error() == "cannot read " + fifo + never);
}

}  // namespace
}  // namespace meshdns
