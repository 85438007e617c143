// A zone with a file: its records beside those of ServiceEntries, and what the file decides about them.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/zone/zone_fixture.h"
#include "zone/catalog.h"
#include "zone/zone_file.h"

namespace meshdns {
namespace {

using test::look_up;
using test::name;
using test::publication;

ZoneRecords records(const std::string& text, const std::string& apex = "global") {
  auto read = read_zone_text(text, "test", {.apex = name(apex)});
  if (!read) FAIL(read.error());
  return *std::move(read);
}

struct World {
  explicit World(CatalogOptions options = {}, std::vector<std::string> others = {})
      : directory(zones(std::move(others)), 1), catalog(directory, all_sources, std::move(options)) {}

  static std::vector<ZoneOptions> zones(std::vector<std::string> others) {
    std::vector<ZoneOptions> zones = {test::zone_options("global")};
    zones.front().file = "global.zone";
    for (const std::string& other : others) zones.push_back(test::zone_options(other));
    return zones;
  }

  void publish(const std::string& host, const std::string& address) {
    catalog.apply(0, {{publication("bar/" + host, 1, {host}, {address})}, {}});
  }
  const Zone& zone() const { return *directory.zones().front(); }
  uint64_t skipped() const { return catalog.counts().skipped[static_cast<size_t>(SkipReason::kZoneFile)].load(); }

  Directory directory;
  Sources all_sources = test::sources({"east"});
  Catalog catalog;
};

constexpr const char* kFile =
    "a 60 A 10.0.0.1\n"
    "text TXT \"x\"\n"
    "alias CNAME a\n"
    "cut NS ns.cut\n"
    "ns.cut A 10.0.0.2\n"
    "moved DNAME example.\n";

TEST_CASE("a zone whose file has not been read cannot be answered from") {
  World world;
  world.publish("x.global", "240.0.0.1");
  world.catalog.set_synced(0);
  CHECK(world.zone().tree() == nullptr);
  CHECK_FALSE(world.zone().loaded());
  CHECK_FALSE(world.zone().complete());
  CHECK(world.catalog.explain(name("x.global"), rr_type::kA).outcome == Explanation::Outcome::kNotReady);

  world.catalog.set_zone_records(0, records(kFile));
  CHECK(world.zone().complete());
  CHECK(look_up(world.directory, "x.global") == "240.0.0.1");
  CHECK(look_up(world.directory, "a.global") == "10.0.0.1");
}

TEST_CASE("the file's data wins, and what it says nothing about is the ServiceEntries'") {
  struct Case {
    const char* host;
    bool published;
  };
  const std::vector<Case> cases = {
      {"other.global", true},
      {"a.global", false},
      {"below.a.global", true},
      {"text.global", true},  // beside the file's TXT
      {"alias.global", false},
      {"below.alias.global", true},
      {"cut.global", false},
      {"ns.cut.global", false},
      {"deep.below.cut.global", false},
      {"moved.global", false},  // a cut or a DNAME is the file's, and so is its owner
      {"below.moved.global", false},
  };
  for (const bool file_first : {true, false}) {
    for (const Case& c : cases) {
      CAPTURE(file_first);
      CAPTURE(c.host);
      World world;
      if (file_first) world.catalog.set_zone_records(0, records(kFile));
      world.publish(c.host, "240.0.0.9");
      if (!file_first) world.catalog.set_zone_records(0, records(kFile));
      world.catalog.set_synced(0);
      QueryName asked;
      asked.assign(name(c.host), world.directory.key());
      const OwnerNode* node = world.zone().find(asked);
      const auto addresses = node == nullptr ? std::vector<std::string>() : test::addresses_of(node->find(rr_type::kA));
      CHECK((addresses == std::vector<std::string>{"240.0.0.9"}) == c.published);
      CHECK(world.skipped() == (c.published ? 0 : 1));
      world.catalog.set_zone_records(0, records("unrelated A 10.0.0.3\n"));
      CHECK(look_up(world.directory, c.host) == "240.0.0.9");
      CHECK(world.skipped() == 0);
    }
  }
}

TEST_CASE("the file's RRsets stay when the ServiceEntry beside them goes") {
  World world;
  world.catalog.set_zone_records(0, records(kFile));
  world.publish("text.global", "240.0.0.9");
  world.catalog.apply(0, {{}, {"bar/text.global"}});
  QueryName asked;
  asked.assign(name("text.global"), world.directory.key());
  CHECK(world.zone().find(asked)->find(rr_type::kTxt).rrset != nullptr);
  CHECK(world.zone().find(asked)->find(rr_type::kA).rrset == nullptr);
}

TEST_CASE("each new file is a step of the serial; a whole zone has its own") {
  World world;
  world.catalog.set_zone_records(0, records(kFile));
  const uint32_t before = world.zone().serial();
  world.catalog.set_zone_records(0, records(kFile));
  CHECK(world.zone().serial() > before);
  CHECK(look_up(world.directory, "ns.dns.global") == "192.0.2.53");

  world.publish("x.global", "240.0.0.1");
  world.catalog.set_zone_records(0, records("@ 60 SOA ns host 17 1 1 1 5\n@ NS ns\nns A 10.0.0.4\n"));
  CHECK(world.zone().serial() == 17);
  CHECK(world.zone().complete());  // whatever the sources say
  CHECK(look_up(world.directory, "x.global") == "nxdomain");
  CHECK(look_up(world.directory, "ns.dns.global") == "nxdomain");
  CHECK(world.skipped() == 1);

  world.catalog.set_zone_records(0, records(kFile));
  CHECK(look_up(world.directory, "x.global") == "240.0.0.1");
  CHECK_FALSE(world.zone().complete());
}

TEST_CASE("a zone knows the names of the zones below it") {
  World world({}, {"a.b.global"});
  world.catalog.set_zone_records(0, records("other A 10.0.0.1\n"));
  CHECK(look_up(world.directory, "b.global") == "nodata");
  CHECK(look_up(world.directory, "c.b.global") == "nxdomain");
}

}  // namespace
}  // namespace meshdns
