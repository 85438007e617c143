#include "cmd/snapshots.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>

#include <memory>
#include <string>

#include "cmd/event_loop.h"
#include "tests/k8s/api/temp_dir.h"
#include "tests/zone/zone_fixture.h"
#include "zone/descriptor.h"

namespace meshdns {
namespace {

using test::look_up;
using test::publication;
using test::zone_options;

/// A server's data, and its snapshots.
struct World {
  explicit World(const std::string& path, std::vector<std::string> identities = {"east", "west"}) {
    snapshots = std::move(*Snapshots::open(
        path, loop.get(), {directory, catalog, sources, configured, {}, std::move(identities)}, figures));
    snapshots->restore();
  }

  void upsert(const Publication& publication, SourceId source = 0) { catalog.apply(source, {{publication}, {}}); }

  /// Runs the loop until a snapshot has been written.
  void run_until_written() {
    loop.after_each_turn([this] {
      snapshots->note();
      if (figures.taken == 0) return true;
      loop.stop();
      return false;
    });
    loop.run();
  }

  EventLoop loop;
  Directory directory{{zone_options("global")}, 1000};
  Sources sources = test::sources({"east", "west"});
  std::vector<SourceConfig> configured{KubernetesConfig{}, FilesConfig{}};
  Catalog catalog{directory, sources};
  SnapshotFigures figures;
  std::unique_ptr<Snapshots> snapshots;
};

TEST_CASE("written as soon as all sources have synced, and read by the next") {
  const TempDir temp;
  {
    World world(temp.path());
    world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0.1"}));
    world.upsert(publication("bar/b", 1, {"b.global"}, {"10.0.0.2"}), 1);
    world.catalog.set_synced(0);
    world.catalog.set_synced(1);
    world.run_until_written();
  }
  World world(temp.path(), {"west", "north"});  // in another place
  CHECK(look_up(world.directory, "a.global") == "nxdomain");
  CHECK(look_up(world.directory, "b.global") == "10.0.0.2");
  CHECK(world.sources[0]->stale());
  CHECK_FALSE(world.sources[1]->known());
}

TEST_CASE("at the end, what has changed since, and what was not all of it is not taken for all") {
  const TempDir temp;
  {
    World world(temp.path());
    world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0.1"}));
    world.catalog.set_synced(0);
    world.upsert(publication("bar/b", 1, {"b.global"}, {"10.0.0.2"}), 1);
    world.snapshots->finish();
    world.catalog.apply(0, {{}, {"bar/a"}});
    world.snapshots->finish();
  }
  World world(temp.path());
  CHECK(look_up(world.directory, "a.global") == "nxdomain");
  CHECK(look_up(world.directory, "b.global") == "10.0.0.2");
  CHECK(world.sources[0]->known());
  CHECK_FALSE(world.sources[1]->known());
}

TEST_CASE("a serial does not go back, after a crash neither") {
  for (const bool crash : {true, false}) {
    CAPTURE(crash);
    const TempDir temp;
    uint32_t last = 0;
    {
      World world(temp.path());
      world.catalog.set_synced(0);
      world.catalog.set_synced(1);
      world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0.1"}));
      world.run_until_written();
      for (int i = 0; i < 1000; ++i) {  // more than one a second
        world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0." + std::to_string(i % 2 + 1)}));
      }
      if (!crash) world.snapshots->finish();
      last = world.directory.zones()[0]->serial();
    }
    World world(temp.path());
    CHECK(world.directory.zones()[0]->serial() > last);
    if (!crash) CHECK(world.directory.zones()[0]->serial() <= last + 10);
  }
}

TEST_CASE("nothing known is nothing to write, and nothing changed nothing to write again") {
  const TempDir temp;
  World world(temp.path());
  world.snapshots->finish();
  CHECK(world.figures.taken == 0);
  world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0.1"}));
  world.snapshots->finish();
  CHECK(world.figures.taken > 0);
  world.figures.taken = 0;
  world.snapshots->finish();
  CHECK(world.figures.taken == 0);
}

TEST_CASE("as old as the cluster that was heard last; files are as they were when it was taken") {
  struct Row {
    int64_t heard;
    int64_t restored;  // 0: what it has is its own
    int64_t as_of;     // 0: when the snapshot was taken
  };
  for (const Row& row : {Row{2000, 0, 2000}, {2000, 1000, 1000}, {0, 0, 0}}) {
    const TempDir temp;
    int64_t taken = 0;
    {
      World world(temp.path());
      for (const SourceId id : {0, 1}) {
        world.sources[id]->heard(row.heard);
        world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0.1"}), id);
        row.restored != 0 ? world.catalog.set_restored(id, row.restored, true) : world.catalog.set_synced(id);
      }
      world.snapshots->finish();
      taken = world.figures.taken;
    }
    World world(temp.path());
    CHECK(world.sources[0]->restored_at() == (row.as_of != 0 ? row.as_of : taken));
    CHECK(world.sources[1]->restored_at() == (row.restored != 0 ? row.as_of : taken));
  }
}

TEST_CASE("the directory is free for others as soon as nothing is written to it") {
  const TempDir temp;
  World world(temp.path());
  world.snapshots.reset();
  const Descriptor lock(open((temp.path() + "/lock").c_str(), O_RDWR | O_CLOEXEC));
  CHECK(flock(lock.get(), LOCK_EX | LOCK_NB) == 0);
}

}  // namespace
}  // namespace meshdns
