#include "cmd/state_directory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "tests/k8s/api/temp_dir.h"
#include "zone/descriptor.h"

namespace meshdns {
namespace {

namespace fs = std::filesystem;

std::span<const uint8_t> octets(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// As another process would have it: a lock is an open file's.
bool lock(const Descriptor& file) { return flock(file.get(), LOCK_EX | LOCK_NB) == 0; }

Descriptor open_lock(const std::string& directory) {
  return Descriptor(open((directory + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
}

TEST_CASE("what is written is read, and nothing else is left") {
  const TempDir temp;
  auto state = StateDirectory::open(temp.path() + "/state");
  REQUIRE(state);
  CHECK_FALSE((*state)->problem());
  auto read = (*state)->read();
  REQUIRE(read);
  CHECK_FALSE(*read);
  for (const std::string text : {"first", "second, and longer", ""}) {
    CHECK_FALSE((*state)->write(octets(text)));
    read = (*state)->read();
    REQUIRE(read);
    CHECK(**read == text);
  }
  CHECK(std::distance(fs::directory_iterator(temp.path() + "/state"), {}) == 2);  // lock and snapshot
}

TEST_CASE("one process at a time") {
  const TempDir temp;
  {
    const Descriptor theirs = open_lock(temp.path());
    REQUIRE(lock(theirs));
    REQUIRE(write(theirs.get(), "process 1 on b", 14) == 14);
    const auto state = StateDirectory::open(temp.path());
    REQUIRE_FALSE(state);
    CHECK(state.error().find("in use by process 1 on b, expected") != std::string::npos);
  }
  {
    REQUIRE(StateDirectory::open(temp.path()));
    CHECK(content(temp.path() + "/lock").starts_with("process " + std::to_string(getpid()) + " on "));
  }
  CHECK(lock(open_lock(temp.path())));
}

TEST_CASE("one process has it once, under all its names") {
  const TempDir temp;
  const std::string path = temp.path() + "/state";
  const auto state = StateDirectory::open(path);
  REQUIRE(state);
  fs::create_directory_symlink(path, temp.path() + "/link");
  for (const std::string& again : {path, temp.path() + "/./state", temp.path() + "/link"}) {
    const auto second = StateDirectory::open(again);
    REQUIRE(second);
    CHECK(*second == *state);
  }
  const auto other = StateDirectory::open(temp.path() + "/other");
  REQUIRE(other);
  CHECK(*other != *state);
}

TEST_CASE("a wrong path") {
  const TempDir temp;
  const std::string file = temp.write("file", "");
  CHECK(StateDirectory::open(file).error().find("is no directory") != std::string::npos);
  CHECK(StateDirectory::open(file + "/state").error().find("expected a directory") != std::string::npos);
  CHECK(StateDirectory::open(temp.path() + "/no/state").error().find("expected a directory") != std::string::npos);
}

TEST_CASE("a directory that goes away, or cannot be written to, is an error of the write, and the next one is better") {
  const TempDir temp;
  const std::string path = temp.path() + "/state";
  auto state = StateDirectory::open(path);
  REQUIRE(state);
  CHECK_FALSE((*state)->write(octets("before")));
  fs::create_directory(path + "/snapshot.new");  // root may write everywhere, but not to a directory as to a file
  const auto error = (*state)->write(octets("after"));
  REQUIRE(error);
  CHECK(error->message.find(path + "/snapshot.new: Is a directory") != std::string::npos);
  CHECK(content(path + "/snapshot") == "before");
  fs::remove(path + "/snapshot.new");
  CHECK_FALSE((*state)->write(octets("after")));
  CHECK(content(path + "/snapshot") == "after");
}

TEST_CASE("a directory that is made again is locked again") {
  const TempDir temp;
  const std::string path = temp.path() + "/state";
  auto state = StateDirectory::open(path);
  REQUIRE(state);
  fs::remove_all(path);
  CHECK_FALSE((*state)->write(octets("ours")));
  CHECK_FALSE(lock(open_lock(path)));
  fs::remove_all(path);
  fs::create_directory(path);
  {
    const Descriptor theirs = open_lock(path);
    REQUIRE(lock(theirs));
    const auto error = (*state)->write(octets("ours"));
    REQUIRE(error);
    CHECK(error->message.find("found " + path + " in use by another process") != std::string::npos);
    CHECK_FALSE(fs::exists(path + "/snapshot"));
  }
  CHECK_FALSE((*state)->write(octets("ours")));
  CHECK(content(path + "/snapshot") == "ours");
}

TEST_CASE("what stands where the next one is written goes, whatever it is") {
  const TempDir temp;
  const std::string elsewhere = temp.write("elsewhere", "elsewhere");
  const std::string path = temp.path() + "/state";
  const std::string aside = path + "/snapshot.new";
  auto state = StateDirectory::open(path);
  REQUIRE(state);
  const auto put_fifo = [&] { REQUIRE(mkfifo(aside.c_str(), 0600) == 0); };
  const auto put_link = [&] { fs::create_symlink(elsewhere, aside); };
  const auto put_file = [&] { std::ofstream(aside) << "longer than what follows"; };
  for (const std::function<void()>& put : {std::function<void()>(put_fifo), {put_link}, {put_file}}) {
    put();
    CHECK_FALSE((*state)->write(octets("ours")));
    CHECK(fs::is_regular_file(fs::symlink_status(path + "/snapshot")));
    CHECK(content(path + "/snapshot") == "ours");
  }
  CHECK(content(elsewhere) == "elsewhere");
}

}  // namespace
}  // namespace meshdns
