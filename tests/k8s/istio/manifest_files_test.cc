#include "k8s/istio/manifest_files.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/k8s/istio/log_capture.h"
#include "tests/k8s/istio/temporary_directory.h"
#include "tests/k8s/istio/world.h"

namespace meshdns {
namespace {

/// A directory and what reads it, by hand.
struct Reading {
  explicit Reading(const std::string& name = "") : files(*ManifestFiles::at(directory.path(name), feed)) {}

  /// What a.bar.global, b.bar.global and c.bar.global are answered, after a look at the files.
  std::string look() {
    files.check();
    feed.flush();
    if (files.all_read()) feed.set_synced();
    return world.answer("a.bar.global") + ", " + world.answer("b.bar.global") + ", " + world.answer("c.bar.global");
  }

  TemporaryDirectory directory;
  World world;
  EntryFeed feed = world.feed();
  ManifestFiles files;
};

TEST_CASE("files come, change and go") {
  Reading reading;
  CHECK(reading.look() == "nxdomain, nxdomain, nxdomain");
  reading.directory.write("1.yaml",
                          manifest("a", "240.0.0.1") + "---\nkind: Deployment\n" + manifest("b", "240.0.0.2"));
  reading.directory.write("2.json", R"({"apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry",
    "metadata": {"name": "c", "namespace": "bar"}, "spec": {"hosts": ["c.bar.global"], "addresses": ["240.0.0.3"]}})");
  CHECK(reading.look() == "240.0.0.1, 240.0.0.2, 240.0.0.3");
  CHECK(reading.world.source.last_event() > 0);
  reading.directory.write("1.yaml", manifest("a", "240.0.0.4"));
  CHECK(reading.look() == "240.0.0.4, nxdomain, 240.0.0.3");
  reading.directory.replace("1.yaml", manifest("b", "240.0.0.5"));
  CHECK(reading.look() == "nxdomain, 240.0.0.5, 240.0.0.3");
  reading.directory.remove("2.json");
  CHECK(reading.look() == "nxdomain, 240.0.0.5, nxdomain");
  std::filesystem::rename(reading.directory.path("1.yaml"), reading.directory.path("3.yml"));
  CHECK(reading.look() == "nxdomain, 240.0.0.5, nxdomain");
  reading.directory.write("3.yml", "");
  CHECK(reading.look() == "nxdomain, nxdomain, nxdomain");
}

TEST_CASE("which files are read") {
  Reading reading;
  reading.directory.write("a.yaml.bak", manifest("a", "240.0.0.1"));
  reading.directory.write(".a.yaml", manifest("a", "240.0.0.1"));
  reading.directory.write("a", manifest("a", "240.0.0.1"));
  std::filesystem::create_directory(reading.directory.path("sub.yaml"));
  reading.directory.write("sub.yaml/a.yaml", manifest("a", "240.0.0.1"));
  std::filesystem::create_symlink("nowhere", reading.directory.path("link.yaml"));
  CHECK(reading.look() == "nxdomain, nxdomain, nxdomain");
  reading.directory.write("nowhere", manifest("b", "240.0.0.2"));
  CHECK(reading.look() == "nxdomain, 240.0.0.2, nxdomain");
}

TEST_CASE("a file with broken YAML keeps its last good data") {
  Reading reading;
  LogCapture log;
  reading.directory.write("1.yaml", manifest("a", "240.0.0.1"));
  reading.directory.write("2.yaml", manifest("b", "240.0.0.2"));
  reading.look();
  reading.directory.write("1.yaml", manifest("a", "240.0.0.3") + "spec: again\n");
  reading.directory.write("2.yaml", manifest("b", "240.0.0.4"));
  CHECK(reading.look() == "240.0.0.1, 240.0.0.4, nxdomain");
  CHECK(log.take() == std::vector<std::string>{"error source east: " + reading.directory.path("1.yaml") +
                                               ":6:1: the key 'spec' is in this mapping already; what the file gave "
                                               "before stays as it is"});
  CHECK(reading.world.source.errors(SourceError::kFile) == 1);
  CHECK(reading.look() == "240.0.0.1, 240.0.0.4, nxdomain");
  CHECK(log.take().empty());
  CHECK(reading.world.source.errors(SourceError::kFile) == 1);
  SUBCASE("mended") {
    reading.directory.write("1.yaml", manifest("a", "240.0.0.5"));
    CHECK(reading.look() == "240.0.0.5, 240.0.0.4, nxdomain");
  }
  SUBCASE("as it was before") {
    reading.directory.write("1.yaml", manifest("a", "240.0.0.1"));
    CHECK(reading.look() == "240.0.0.1, 240.0.0.4, nxdomain");
    reading.directory.write("1.yaml", "a: [");  // it is said again
    reading.look();
    CHECK(log.take().size() == 1);
  }
  SUBCASE("deleted") {
    reading.directory.remove("1.yaml");
    CHECK(reading.look() == "nxdomain, 240.0.0.4, nxdomain");
  }
}

TEST_CASE("before each file has been read once, a name that is not known may exist") {
  Reading reading;
  LogCapture log;
  const auto meanwhile = [&log] {
    const auto lines = log.take();
    return lines.size() == 1 ? lines.front().substr(lines.front().rfind("; ") + 2) : "";
  };
  reading.directory.write("1.yaml", manifest("a", "240.0.0.1"));
  reading.directory.write("2.yaml", "b: [");
  CHECK(reading.look() == "240.0.0.1, not ready, not ready");
  CHECK(meanwhile() == "the source is not synced until the file is mended or removed");
  SUBCASE("mended") {
    reading.directory.write("2.yaml", manifest("b", "240.0.0.2"));
    CHECK(reading.look() == "240.0.0.1, 240.0.0.2, nxdomain");
  }
  SUBCASE("deleted") {
    reading.directory.remove("2.yaml");
    CHECK(reading.look() == "240.0.0.1, nxdomain, nxdomain");
    reading.directory.write("3.yaml", "c: [");
    CHECK(reading.look() == "240.0.0.1, nxdomain, nxdomain");
    CHECK(meanwhile() == "nothing of the file is served");
  }
  SUBCASE("in a directory that is gone") {
    std::filesystem::rename(reading.directory.path(), reading.directory.path() + "-away");
    CHECK(reading.look() == "240.0.0.1, not ready, not ready");
    CHECK(meanwhile() == "the source is not synced until the directory can be read");
    std::filesystem::rename(reading.directory.path() + "-away", reading.directory.path());
  }
}

TEST_CASE("an object in two files is the first one's") {
  Reading reading;
  LogCapture log;
  reading.directory.write("2.yaml", manifest("a", "240.0.0.2") + manifest("b", "240.0.0.2"));
  CHECK(reading.look() == "240.0.0.2, 240.0.0.2, nxdomain");
  reading.directory.write("3.yaml", manifest("a", "240.0.0.3"));
  CHECK(reading.look() == "240.0.0.2, 240.0.0.2, nxdomain");
  CHECK(log.take() == std::vector<std::string>{"warning source east: ServiceEntry bar/a stands in " +
                                               reading.directory.path("2.yaml") + " and again in " +
                                               reading.directory.path("3.yaml") + "; the first is served"});
  reading.directory.write("1.yaml", manifest("b", "240.0.0.1"));
  CHECK(reading.look() == "240.0.0.2, 240.0.0.1, nxdomain");
  CHECK(log.take().size() == 1);  // of b; that of a has been said
  SUBCASE("the first is deleted") {
    reading.directory.remove("1.yaml");
    CHECK(reading.look() == "240.0.0.2, 240.0.0.2, nxdomain");
    reading.directory.remove("2.yaml");
    CHECK(reading.look() == "240.0.0.3, nxdomain, nxdomain");
    reading.directory.remove("3.yaml");
    CHECK(reading.look() == "nxdomain, nxdomain, nxdomain");
  }
  SUBCASE("the first has something else") {
    reading.directory.write("2.yaml", manifest("c", "240.0.0.2"));
    CHECK(reading.look() == "240.0.0.3, 240.0.0.1, 240.0.0.2");
    reading.directory.write("1.yaml", manifest("a", "240.0.0.1"));
    CHECK(reading.look() == "240.0.0.1, nxdomain, 240.0.0.2");
  }
  SUBCASE("twice in one file") {
    log.take();
    reading.directory.write("1.yaml", manifest("c", "240.0.0.7") + manifest("c", "240.0.0.8"));
    CHECK(reading.look() == "240.0.0.2, 240.0.0.2, 240.0.0.7");
    CHECK(log.take().size() == 1);
  }
}

TEST_CASE("objects that cannot be used are skipped alone") {
  Reading reading;
  LogCapture log;
  reading.directory.write("1.yaml", R"(
{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {}, spec: {hosts: [x.global]}}
---
{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: b}, spec: {}}
---
hosts: [c.bar.global]
)" + manifest("a", "240.0.0.1"));
  CHECK(reading.look() == "240.0.0.1, nxdomain, nxdomain");
  CHECK(reading.world.skipped(SkipReason::kInvalidObject) == 2);
  const auto lines = log.take();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "warning source east: " + reading.directory.path("1.yaml") + ":5: passed over, as it has no kind");
  CHECK(std::count(lines.begin() + 1, lines.end(),
                   "warning source east: ServiceEntry default/1.yaml:2: not served, invalid-object: '" +
                       reading.directory.path("1.yaml") +
                       ":2': metadata.name: expected 1 to 253 printable characters without '/'") == 1);
  CHECK(reading.look() == "240.0.0.1, nxdomain, nxdomain");
  CHECK(log.take().empty());
}

TEST_CASE("a ConfigMap's mount") {
  Reading reading;
  reading.directory.mount("1", "entries.yaml", manifest("a", "240.0.0.1"));
  CHECK(reading.look() == "240.0.0.1, nxdomain, nxdomain");
  reading.directory.mount("2", "entries.yaml", manifest("b", "240.0.0.1"));
  CHECK(reading.look() == "nxdomain, 240.0.0.1, nxdomain");
}

TEST_CASE("what cannot be read keeps what is known") {
  Reading reading;
  LogCapture log;
  reading.directory.write("1.yaml", manifest("a", "240.0.0.1"));
  reading.look();
  SUBCASE("a directory that is gone") {
    std::filesystem::rename(reading.directory.path(), reading.directory.path() + "-away");
    CHECK(reading.look() == "240.0.0.1, nxdomain, nxdomain");
    CHECK(reading.look() == "240.0.0.1, nxdomain, nxdomain");
    CHECK(log.take().size() == 1);
    std::filesystem::rename(reading.directory.path() + "-away", reading.directory.path());
    reading.directory.write("1.yaml", manifest("a", "240.0.0.2"));
    CHECK(reading.look() == "240.0.0.2, nxdomain, nxdomain");
  }
  SUBCASE("a FIFO") {
    reading.directory.remove("1.yaml");
    REQUIRE(mkfifo(reading.directory.path("1.yaml").c_str(), 0600) == 0);
    CHECK(reading.look() == "240.0.0.1, nxdomain, nxdomain");
    CHECK(reading.look() == "240.0.0.1, nxdomain, nxdomain");
    CHECK(log.take().size() == 1);
    CHECK(reading.world.source.errors(SourceError::kFile) == 1);
  }
  SUBCASE("a link to itself") {
    reading.directory.remove("1.yaml");
    std::filesystem::create_symlink("1.yaml", reading.directory.path("1.yaml"));
    CHECK(reading.look() == "240.0.0.1, nxdomain, nxdomain");
    CHECK(log.take().size() == 1);
  }
  SUBCASE("a file that is too large") {
    std::filesystem::resize_file(reading.directory.path("1.yaml"), 1 << 30);
    CHECK(reading.look() == "240.0.0.1, nxdomain, nxdomain");
    CHECK(log.take().size() == 1);
  }
}

TEST_CASE("one file") {
  TemporaryDirectory directory;
  World world;
  EntryFeed feed = world.feed();
  const auto missing = ManifestFiles::at(directory.path("entries.yaml"), feed);
  REQUIRE_FALSE(missing);
  CHECK(missing.error() == "cannot read " + directory.path("entries.yaml") +
                               ": No such file or directory; expected a manifest file or a directory of them");

  directory.write("entries", manifest("a", "240.0.0.1"));  // of any name
  directory.write("other.yaml", manifest("b", "240.0.0.2"));
  auto files = ManifestFiles::at(directory.path("entries"), feed);
  REQUIRE(files);
  feed.set_synced();
  const auto look = [&] {
    files->check();
    feed.flush();
    return world.answer("a.bar.global") + ", " + world.answer("b.bar.global");
  };
  CHECK(look() == "240.0.0.1, nxdomain");
  directory.replace("entries", manifest("a", "240.0.0.3"));
  CHECK(look() == "240.0.0.3, nxdomain");
  directory.remove("entries");
  CHECK(look() == "nxdomain, nxdomain");
  directory.write("entries", manifest("a", "240.0.0.4"));
  CHECK(look() == "240.0.0.4, nxdomain");
}

}  // namespace
}  // namespace meshdns
