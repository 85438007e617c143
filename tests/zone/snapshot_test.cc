#include "zone/snapshot.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/zone/zone_fixture.h"
#include "zone/catalog.h"
#include "zone/holding.h"

namespace meshdns {
namespace {

using test::look_up;
using test::name;
using test::publication;
using test::zone_options;

struct Content {
  SnapshotSource source;
  std::vector<Publication> publications;
};

const SnapshotHead kHead{
    .taken = 1'700'000'000, .shape = digest_of({}), .serials = {{name("global"), 7}, {name("."), 4'294'967'295}}};

std::vector<Content> contents() {
  Publication rich = publication("bar/rich", 5, {"a.bar.global", "*.bar.global"}, {"240.0.0.1", "2001:db8::1"});
  rich.hosts.back().origin = AddressOrigin::kEndpoints;
  rich.ports = {{"http", 80, "HTTP"}, {"", 65'535, ""}};
  return {{{"cluster east", 1'600'000'000, true, 2}, {rich, publication("bar/none", -1, {}, {})}},
          {{"files at /x", 1'700'000'000, false, 0}, {}},
          {{"", 1, true, 1}, {publication("bar/rich", 0, {"b.global"}, {"10.0.0.1"})}}};
}

std::string write(const SnapshotHead& head, const std::vector<Content>& contents) {
  SnapshotWriter writer(head, contents.size(), 0);
  for (const Content& content : contents) {
    writer.source(content.source);
    for (const Publication& each : content.publications) writer.publication(each);
  }
  const std::vector<uint8_t> octets = writer.finish();
  return {octets.begin(), octets.end()};
}

std::vector<Publication> publications(const Snapshot& snapshot, size_t source) {
  std::vector<Publication> all;
  snapshot.for_each(source, [&](Publication each) { all.push_back(std::move(each)); });
  return all;
}

/// The content's checksum made right.
std::string sealed(std::string octets) {
  constexpr size_t kDigest = 12;
  const size_t content = kDigest + Digest().size();
  const Digest digest = digest_of({reinterpret_cast<const uint8_t*>(octets.data()) + content, octets.size() - content});
  std::ranges::copy(digest, octets.begin() + kDigest);
  return octets;
}

TEST_CASE("what is written is read") {
  const auto snapshot = Snapshot::read(write(kHead, contents()));
  REQUIRE(snapshot);
  CHECK(snapshot->head() == kHead);
  REQUIRE(snapshot->sources().size() == contents().size());
  for (size_t i = 0; i < contents().size(); ++i) {
    CHECK(snapshot->sources()[i] == contents()[i].source);
    CHECK(publications(*snapshot, i) == contents()[i].publications);
  }
}

TEST_CASE("no part of a snapshot is a snapshot") {
  const std::string octets = write(kHead, contents());
  for (size_t size = 0; size < octets.size(); ++size) {
    CHECK_FALSE(Snapshot::read(octets.substr(0, size)));
    if (size > 44) CHECK_FALSE(Snapshot::read(sealed(octets.substr(0, size))));
  }
  CHECK_FALSE(Snapshot::read(octets + "x"));
  CHECK_FALSE(Snapshot::read(sealed(octets + "x")));
}

TEST_CASE("every flipped bit is found") {
  const std::string octets = write(kHead, contents());
  for (size_t bit = 0; bit < octets.size() * 8; ++bit) {
    std::string flipped = octets;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    CHECK_FALSE(Snapshot::read(flipped));
    if (bit / 8 >= 44) (void)Snapshot::read(sealed(flipped));  // another content, or an error: no crash
  }
}

TEST_CASE("content that the catalog must not be given") {
  const auto read = [](const Publication& bad) {
    return Snapshot::read(write(kHead, {{{"east", 1, true, 1}, {bad}}}));
  };
  Publication port_zero = publication("bar/a", 1, {"a.global"}, {"10.0.0.1"});
  port_zero.ports = {{"http", 0, "HTTP"}};
  const std::vector<std::pair<Publication, std::string>> cases = {
      {publication("", 1, {"a.global"}, {"10.0.0.1"}), "without a name"},
      {publication("bar/a", 1, {"a.global"}, {}), "1 to 16383 addresses"},
      {publication("bar/a", 1, {"a.global"}, {"10.0.0.1", "10.0.0.1"}), "an address twice"},
      {publication("bar/a", 1, {"a.global", "a.global"}, {"10.0.0.1"}), "a host twice"},
      {port_zero, "port 0"},
  };
  for (const auto& [bad, reason] : cases) {
    const auto snapshot = read(bad);
    REQUIRE_FALSE(snapshot);
    CHECK(snapshot.error().find(reason) != std::string::npos);
  }
  CHECK_FALSE(Snapshot::read(write({.taken = 0, .shape = {}, .serials = {}}, {})));
  CHECK_FALSE(Snapshot::read(write(kHead, {{{"east", -1, true, 0}, {}}})));
}

// The catalog's part -------------------------------------------------------------------------------------------------

struct World {
  Directory directory{{zone_options("global")}, 1000};
  Sources sources = test::sources({"east", "west"});
  Catalog catalog{directory, sources};

  void upsert(const Publication& publication, SourceId source = 0) { catalog.apply(source, {{publication}, {}}); }
  Zone& zone() { return *directory.zones()[0]; }
};

TEST_CASE("a copy stays what it was") {
  World world;
  const Publication a = publication("bar/a", 1, {"a.global"}, {"10.0.0.1", "2001:db8::1"});
  const Publication b = publication("bar/b", 2, {"b.global"}, {"10.0.0.2"});
  world.upsert(a);
  world.upsert(b, 1);
  const auto copy = world.catalog.copy();
  world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0.3"}));
  world.catalog.apply(1, {{}, {"bar/b"}});
  world.upsert(publication("bar/c", 1, {"c.global"}, {"10.0.0.3"}));
  REQUIRE(copy.size() == 2);
  for (const Holding* holding : copy) CHECK(holding->publication() == (holding->source == 0 ? a : b));
  world.catalog.release_copy();
  CHECK(world.catalog.copy().size() == 2);
  world.catalog.release_copy();
}

TEST_CASE("another thread reads a copy while the catalog goes on") {
  constexpr int kObjects = 200;
  World world;
  const auto object = [](int i, const std::string& ip) {
    const std::string text = std::to_string(i);
    return publication("bar/" + text, 1, {text + ".global", "shared.global"}, {ip});
  };
  for (int i = 0; i < kObjects; ++i) world.upsert(object(i, "10.0.0.1"));
  const auto copy = world.catalog.copy();
  std::atomic<int> as_they_were{0};
  std::thread reader([&] {
    for (const Holding* holding : copy) {
      as_they_were += holding->publication().hosts.front().addresses == std::vector{test::address("10.0.0.1")} ? 1 : 0;
    }
  });
  const uint32_t list = world.catalog.begin_list(0);
  for (int i = 0; i < kObjects; i += 2) world.upsert(object(i, i % 4 == 0 ? "10.0.0.1" : "10.0.0.2"));
  world.catalog.apply(0, {{}, world.catalog.unlisted(0, list)});
  reader.join();
  world.catalog.release_copy();
  CHECK(as_they_were == kObjects);
}

TEST_CASE("the version steps with what a snapshot would show") {
  World world;
  uint64_t last = world.catalog.version();
  const auto stepped = [&] { return std::exchange(last, world.catalog.version()) != last; };
  CHECK(last == 0);
  world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0.1"}));
  CHECK(stepped());
  world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0.1"}));
  CHECK_FALSE(stepped());
  world.upsert(publication("bar/a", 2, {"a.global"}, {"10.0.0.1"}));  // nothing that is answered
  CHECK(stepped());
  world.catalog.apply(0, {{}, {"bar/a"}});
  CHECK(stepped());
  world.catalog.set_synced(0);
  CHECK(stepped());
  world.catalog.set_synced(0);
  CHECK_FALSE(stepped());
}

TEST_CASE("a restored source is known, and its first list confirms or withdraws") {
  World world;
  world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0.1"}));
  world.upsert(publication("bar/b", 1, {"b.global"}, {"10.0.0.2"}));
  world.catalog.set_restored(0, 900, true);
  CHECK((world.sources[0]->stale() && world.sources[0]->known() && !world.sources[0]->synced()));
  CHECK_FALSE(world.zone().complete());  // west is not known
  world.catalog.set_restored(1, 900, false);
  CHECK((world.sources[1]->stale() && !world.sources[1]->known()));
  CHECK_FALSE(world.zone().complete());
  world.catalog.set_restored(1, 900, true);
  CHECK(world.zone().complete());

  const uint32_t serial = world.zone().serial();
  const uint32_t list = world.catalog.begin_list(0);
  world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0.1"}));
  CHECK(world.zone().serial() == serial);
  world.catalog.apply(0, {{}, world.catalog.unlisted(0, list)});
  world.catalog.set_synced(0);
  CHECK(look_up(world.directory, "a.global") == "10.0.0.1");
  CHECK(look_up(world.directory, "b.global") == "nxdomain");
  CHECK_FALSE(world.sources[0]->stale());
}

TEST_CASE("the serial goes on") {
  struct Case {
    uint32_t last, now;
  };
  // A zone begins with 1000, as the clock has it.
  for (const auto& [last, now] : std::vector<Case>{{1, 1000}, {999, 1000}, {1000, 1001}, {5000, 5001}, {~0U, 1000}}) {
    World world;
    world.zone().continue_serial(last);
    CHECK(world.zone().serial() == now);
  }
}

}  // namespace
}  // namespace meshdns
