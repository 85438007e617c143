#include "zone/catalog.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/zone/zone_fixture.h"

namespace meshdns {
namespace {

using test::look_up;
using test::publication;
using test::zone_options;

struct World {
  void upsert(const Publication& publication, SourceId source = 0) { catalog.apply(source, {{publication}, {}}); }
  void remove(const std::string& object, SourceId source = 0) { catalog.apply(source, {{}, {object}}); }
  uint64_t skipped(SkipReason reason) const { return catalog.counts().skipped[static_cast<size_t>(reason)]; }
  uint32_t serial() const { return directory.zones().front()->serial(); }

  explicit World(CatalogOptions options = {}) : catalog(directory, sources, std::move(options)) {}

  Directory directory{{zone_options("global"), zone_options("other")}, 1};
  Sources sources = test::sources({"east", "west"});
  Catalog catalog;
};

TEST_CASE("a publication is served, changed and withdrawn") {
  World world;
  world.upsert(publication("bar/a", 1, {"a.bar.global", "*.bar.global"}, {"240.0.0.2", "2001:db8::1"}));
  CHECK(look_up(world.directory, "a.bar.global") == "240.0.0.2");
  CHECK(look_up(world.directory, "any.bar.global") == "*240.0.0.2");
  CHECK(world.sources[0]->entries() == 1);

  world.upsert(publication("bar/a", 1, {"b.bar.global"}, {"240.0.0.3"}));
  CHECK(look_up(world.directory, "a.bar.global") == "nxdomain");
  CHECK(look_up(world.directory, "b.bar.global") == "240.0.0.3");
  CHECK(world.sources[0]->entries() == 1);

  world.remove("bar/a");
  CHECK(look_up(world.directory, "b.bar.global") == "nxdomain");
  CHECK(world.sources[0]->entries() == 0);
}

TEST_CASE("who wins a host") {
  struct Claimant {
    SourceId source;
    const char* object;
    int64_t created;
  };
  struct Case {
    Claimant first, second;
    int winner;
  };
  const std::vector<Case> cases = {
      {{0, "bar/a", 1}, {0, "bar/b", 2}, 1},  // the oldest
      {{0, "bar/a", 2}, {0, "bar/b", 1}, 2},
      {{0, "bar/b", 1}, {0, "bar/a", 1}, 2},  // of the same age: the first by name
      {{1, "bar/a", 1}, {0, "bar/a", 2}, 2},  // of the earlier source, whatever the age
  };
  for (const Case& c : cases) {
    World world;
    world.upsert(publication(c.first.object, c.first.created, {"a.global"}, {"10.0.0.1"}), c.first.source);
    world.upsert(publication(c.second.object, c.second.created, {"a.global"}, {"10.0.0.2"}), c.second.source);
    CHECK(look_up(world.directory, "a.global") == "10.0.0." + std::to_string(c.winner));
    CHECK(world.catalog.counts().conflicts == 1);

    // The other takes over, and the order in which they came does not matter.
    const Claimant& winner = c.winner == 1 ? c.first : c.second;
    world.remove(winner.object, winner.source);
    CHECK(look_up(world.directory, "a.global") == "10.0.0." + std::to_string(3 - c.winner));
    CHECK(world.catalog.counts().conflicts == 0);
    world.upsert(publication(winner.object, winner.created, {"a.global"}, {"10.0.0.3"}), winner.source);
    CHECK(look_up(world.directory, "a.global") == "10.0.0.3");
  }
}

TEST_CASE("claimants that answer the same are no conflict") {
  struct Claimant {
    SourceId source;
    std::vector<std::string> addresses;
    std::string port = "http1";
  };
  struct Case {
    std::vector<Claimant> claimants;
    bool conflict;
    bool with_services;  // publish.services: ports are a part of the answer
  };
  const std::vector<std::string> ab = {"10.0.0.1", "10.0.0.2"};
  const std::vector<std::string> ba = {"10.0.0.2", "10.0.0.1"};
  for (const Case& c : std::vector<Case>{{{{0, ab}}, false, false},
                                         {{{0, ab}, {1, ab}}, false, false},
                                         {{{0, ab}, {1, ba}}, false, false},
                                         {{{0, ab}, {0, ab}}, false, false},
                                         {{{0, ab}, {1, {"10.0.0.1"}}}, true, true},
                                         {{{0, ab}, {1, {"10.0.0.1", "10.0.0.3"}}}, true, true},
                                         {{{0, {"10.0.0.1"}}, {1, {"::1"}}}, true, true},
                                         {{{0, ab}, {1, ab}, {1, {"10.0.0.1"}}, {0, ba}}, true, true},
                                         {{{0, ab}, {1, ba, "grpc"}}, false, true}}) {
    for (const bool services : {false, true}) {
      World world({.services = services});
      for (size_t i = 0; i < c.claimants.size(); ++i) {
        const auto& [source, addresses, port] = c.claimants[i];
        Publication claim = publication("bar/" + std::to_string(i), 1, {"a.global"}, addresses);
        claim.ports[0].name = port;
        world.upsert(claim, source);
      }
      CHECK(world.catalog.counts().conflicts == ((services ? c.with_services : c.conflict) ? 1 : 0));
      for (size_t i = 0; i < c.claimants.size(); ++i) world.remove("bar/" + std::to_string(i), c.claimants[i].source);
      CHECK(world.catalog.counts().conflicts == 0);
    }
  }
}

TEST_CASE("claimants that are merged") {
  World world({.conflicts = CatalogOptions::Conflicts::kMerge});
  const auto answer = [&] {
    QueryName asked;
    asked.assign(test::name("a.global"), world.directory.key());
    return test::addresses_of(world.directory.find(asked)->tree()->lookup(asked).node->find(rr_type::kA));
  };
  using Texts = std::vector<std::string>;
  world.upsert(publication("bar/b", 2, {"a.global"}, {"10.0.0.2", "10.0.0.1", "2001:db8::2"}));
  world.upsert(publication("bar/c", 1, {"a.global"}, {"10.0.0.3", "10.0.0.2"}), 1);
  world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0.4"}));
  CHECK(answer() == Texts{"10.0.0.4", "10.0.0.2", "10.0.0.1", "10.0.0.3"});
  CHECK(world.catalog.counts().conflicts == 1);
  world.remove("bar/b");
  CHECK(answer() == Texts{"10.0.0.4", "10.0.0.3", "10.0.0.2"});

  // As many as an answer takes.
  Texts many;
  for (int n = 0; n < 253; ++n) many.push_back("10.1.0." + std::to_string(n));
  world.upsert(publication("bar/d", 2, {"a.global"}, many));
  CHECK(answer().size() == 256);
  world.upsert(publication("bar/e", 0, {"a.global"}, {"10.0.0.5"}));
  CHECK(answer().size() == 255);  // bar/c is behind the first 256
  for (int n = 0; n < 100; ++n) {
    world.upsert(publication("bar/z" + std::to_string(n), 0, {"a.global"}, {"10.2.0." + std::to_string(n)}));
  }
  CHECK(answer().size() == 64);
}

TEST_CASE("of a namespace that is full the oldest objects are served") {
  // 64 hosts with 8191 ports and an address each: half of what a namespace may have.
  const auto half = [](const std::string& object, int64_t created) {
    std::vector<std::string> hosts;
    for (int n = 0; n < 64; ++n) hosts.push_back(object.substr(4) + "-" + std::to_string(n) + ".global");
    Publication result = publication(object, created, hosts, {"10.0.0.1"});
    result.ports.assign(8191, result.ports.front());
    return result;
  };
  World world;
  const auto served = [&] {
    std::string objects;
    for (const char* object : {"a", "b", "c", "d", "e"}) {
      if (look_up(world.directory, object + std::string("-63.global")) == "10.0.0.1") objects += object;
    }
    return objects;
  };
  struct Step {
    const char* upserts;  // "name created" …
    const char* removes;
    const char* served;
    uint64_t waiting;
  };
  const std::vector<Step> steps = {
      {"b2", "", "b", 0},          {"c3", "", "bc", 0},  // just full
      {"d4", "", "bc", 1},         {"a1", "", "ab", 2},  // an older one takes the place of c
      {"", "d", "ab", 1},          {"", "a", "bc", 0},      {"d4e5", "", "bc", 2}, {"", "bc", "de", 0},
      {"d4", "", "de", 0},         {"a1b2", "de", "ab", 0}, {"c3", "a", "bc", 0},  {"", "bc", "", 0},
      {"e5d4c3b2a1", "", "ab", 3}, {"", "abcde", "", 0},    {"a1", "", "a", 0},
  };
  for (const Step& step : steps) {
    CAPTURE(step.upserts);
    CAPTURE(step.removes);
    Batch batch;
    for (const char* at = step.upserts; *at != '\0'; at += 2) {
      batch.upserts.push_back(half(std::string("bar/") + at[0], at[1] - '0'));
    }
    for (const char* at = step.removes; *at != '\0'; ++at) batch.removals.push_back(std::string("bar/") + *at);
    world.catalog.apply(0, batch);
    CHECK(served() == step.served);
    CHECK(world.skipped(SkipReason::kNamespaceFull) == step.waiting);
  }

  // Objects without hosts have no records, and no share to lose.
  world.catalog.apply(0, {{publication("bar/x", 1, {}, {}), publication("bar/y", 1, {}, {})}, {}});
  for (const char* object : {"bar/x", "bar/a", "bar/y"}) world.remove(object);
  CHECK(world.sources[0]->entries() == 0);
  world.upsert(half("bar/a", 1));

  // Others have shares of their own.
  world.catalog.apply(0, {{half("bar/b", 2), half("bar/c", 3), half("foo/d", 4)}, {}});
  world.catalog.apply(1, {{half("bar/e", 5)}, {}});
  CHECK(served() == "abde");
  CHECK(world.catalog.skipped(0, "bar/c").size() == 64);
  CHECK(world.catalog.skipped(0, "bar/b").empty());
  const auto explained = world.catalog.explain(test::name("c-1.global"), rr_type::kA);
  REQUIRE(explained.skipped.size() == 1);
  CHECK(explained.skipped[0].object == "bar/c");
  CHECK(explained.skipped[0].reason == "namespace-full");
  CHECK(world.sources[0]->entries() == 4);
}

TEST_CASE("a host that tens of thousands claim") {
  // A list of claimants would be walked 800,000,000 steps, which takes many times as long as everything else here.
  constexpr int kClaimants = 40'000;
  World world;
  const auto object = [](int n) { return "bar/" + std::to_string(n); };
  for (const bool same : {true, false}) {
    Batch batch;
    for (int n = 0; n < kClaimants; ++n) {
      // In an order that is neither theirs nor its reverse.
      const int age = n * 7919 % kClaimants;
      batch.upserts.push_back(publication(object(age), 1000 + age, {"a.global"},
                                          {same ? "10.0.0.1" : "10.0.0." + std::to_string(age % 7)}));
    }
    world.catalog.apply(0, batch);
    CHECK(world.catalog.counts().conflicts == (same ? 0 : 1));
    CHECK(look_up(world.directory, "a.global") == (same ? "10.0.0.1" : "10.0.0.0"));
    CHECK(world.catalog.explain(test::name("a.global"), rr_type::kA).claimants.size() == 100);
    for (int n = 0; n < 10; ++n) {
      CHECK(look_up(world.directory, "a.global") == (same ? "10.0.0.1" : "10.0.0." + std::to_string(n % 7)));
      world.remove(object(n));
    }
    Batch rest;
    for (int n = 10; n < kClaimants - 1; ++n) rest.removals.push_back(object(n));
    world.catalog.apply(0, rest);
    CHECK(world.catalog.counts().conflicts == 0);
    CHECK(look_up(world.directory, "a.global") == "10.0.0.1");
    world.remove(object(kClaimants - 1));
    CHECK(look_up(world.directory, "a.global") == "nxdomain");
  }
}

TEST_CASE("a host passes from one object to another in one batch without being missing") {
  World world;
  world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0.1"}));
  const uint32_t serial = world.serial();
  world.catalog.apply(0, {{publication("bar/b", 2, {"a.global"}, {"10.0.0.1"})}, {"bar/a"}});
  CHECK(look_up(world.directory, "a.global") == "10.0.0.1");
  CHECK(world.serial() == serial);  // the answer has not changed
}

TEST_CASE("names that are the configuration's, or nobody's, are not claimed") {
  World world;
  world.upsert(publication("bar/a", 1, {"global", "ns.dns.global", "a.example.org", "a.global"}, {"10.0.0.1"}));
  CHECK(look_up(world.directory, "global") == "nodata");
  CHECK(look_up(world.directory, "ns.dns.global") == "192.0.2.53");
  CHECK(look_up(world.directory, "a.global") == "10.0.0.1");
  CHECK(world.skipped(SkipReason::kReserved) == 1);  // an object counts once a reason
  CHECK(world.skipped(SkipReason::kOutsideZones) == 1);
  world.remove("bar/a");
  CHECK(world.skipped(SkipReason::kReserved) == 0);
  CHECK(world.skipped(SkipReason::kOutsideZones) == 0);
}

TEST_CASE("a host is its namespace's alone, where claims say so") {
  struct Case {
    const char* host;
    bool any, own;  // whether bar/a may claim it
  };
  const std::vector<Case> cases = {
      {"a.bar.global", true, true},    {"*.bar.global", true, true},  {"a.b.bar.global", true, true},
      {"*.b.bar.global", true, true},  {"a.foo.global", true, false}, {"a.bar.foo.global", true, false},
      {"bar.global", true, false},     {"a.global", true, false},     {"*.global", true, false},
      {"a.bar2.global", true, false},  {"a.ba.global", true, false},  {"a.bar.other", true, true},
      {"bar.foo.global", true, false}, {"a.bar", false, false},       {"global", false, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.host);
    World any;
    World own({.claims = CatalogOptions::Claims::kNamespace});
    for (World* world : {&any, &own}) world->upsert(publication("bar/a", 1, {c.host}, {"10.0.0.1"}));
    const auto claimed = [](const World& world) {
      return world.directory.zones()[0]->names() + world.directory.zones()[1]->names() == 5;
    };
    CHECK(claimed(any) == c.any);
    CHECK(claimed(own) == c.own);
    CHECK(own.skipped(SkipReason::kOtherNamespace) == (c.any && !c.own ? 1 : 0));
  }
}

TEST_CASE("what a list has not confirmed, and only it") {
  World world;
  for (const char* object : {"bar/a", "bar/b", "bar/c"}) {
    world.upsert(publication(object, 1, {std::string(object + 4) + ".global"}, {"10.0.0.1"}));
  }
  world.upsert(publication("bar/d", 1, {"d.global"}, {"10.0.0.4"}), 1);
  const uint32_t serial = world.serial();

  using Objects = std::vector<std::string>;
  const auto unlisted = [&](uint32_t list, const char* prefix = "") {
    Objects objects = world.catalog.unlisted(0, list, prefix);
    std::sort(objects.begin(), objects.end());
    return objects;
  };

  const uint32_t first = world.catalog.begin_list(0);
  world.upsert(publication("bar/a", 1, {"a.global"}, {"10.0.0.1"}));
  const uint32_t second = world.catalog.begin_list(0);  // the first broke off, or is another namespace's
  world.upsert(publication("bar/b", 1, {"b.global"}, {"10.0.0.1"}));
  CHECK(world.serial() == serial);  // what is held as it is changes nothing
  CHECK(unlisted(second) == Objects{"bar/a", "bar/c"});
  CHECK(unlisted(first) == Objects{"bar/c"});
  CHECK(unlisted(second, "bar/") == Objects{"bar/a", "bar/c"});
  CHECK(unlisted(second, "ba/") == Objects{});
  CHECK(look_up(world.directory, "c.global") == "10.0.0.1");
  CHECK(world.sources[0]->entries() == 3);
}

TEST_CASE("a publication can be had back as it was given") {
  World world;
  Publication given = publication("bar/a", 7, {"a.bar.global", "*.other"}, {"240.0.0.2", "2001:db8::1"});
  given.ports = {{"http1", 8000, "HTTP"}, {"tcp", 1, "TCP"}};
  given.skipped = {{SkipReason::kInvalidHost, "x_y", "a host name"}};
  world.upsert(given);
  CHECK(world.catalog.publication(0, "bar/a") == given);
  CHECK(world.catalog.publication(1, "bar/a") == std::nullopt);
  CHECK(world.catalog.publication(0, "bar/b") == std::nullopt);
}

TEST_CASE("a batch is one step of the serial in the zones that it changes") {
  World world;
  const uint32_t other = world.directory.zones()[1]->serial();
  world.catalog.apply(0, {{publication("bar/a", 1, {"a.global", "b.global"}, {"10.0.0.1"}),
                           publication("bar/b", 1, {"c.global"}, {"10.0.0.1"})},
                          {}});
  const uint32_t serial = world.serial();
  CHECK(world.directory.zones()[1]->serial() == other);
  world.catalog.apply(0, {{}, {"bar/a", "bar/b"}});
  CHECK(world.serial() == serial + 1);
  world.catalog.apply(0, {{}, {"bar/a", "bar/never"}});
  CHECK(world.serial() == serial + 1);
}

TEST_CASE("the zones are complete when an optional source has been given up") {
  World world;
  world.catalog.give_up(1);
  CHECK_FALSE(world.directory.zones()[0]->complete());
  world.catalog.set_synced(0);
  CHECK(world.directory.zones()[0]->complete());
  CHECK_FALSE(world.sources[1]->synced());
}

TEST_CASE("the zones are complete when all sources have synced") {
  World world;
  CHECK_FALSE(world.directory.zones()[0]->complete());
  world.catalog.set_synced(0);
  CHECK_FALSE(world.directory.zones()[0]->complete());
  world.catalog.set_synced(1);
  CHECK(world.directory.zones()[0]->complete());
  CHECK(world.directory.zones()[1]->complete());
}

TEST_CASE("many publications come and go") {
  World world;
  for (const int round : {0, 1}) {
    Batch batch;
    for (int n = 0; n < 20000; ++n) {
      const std::string id = std::to_string(n);
      batch.upserts.push_back(publication("ns/e" + id, n, {"h" + id + ".ns" + std::to_string(n % 100) + ".global"},
                                          {"10." + std::to_string(round) + ".0.1"}));
    }
    world.catalog.apply(0, batch);
    CHECK(world.sources[0]->entries() == 20000);
    CHECK(look_up(world.directory, "h19999.ns99.global") == "10." + std::to_string(round) + ".0.1");
  }
  world.catalog.apply(0, {{}, world.catalog.unlisted(0, world.catalog.begin_list(0))});
  CHECK(world.sources[0]->entries() == 0);
  CHECK(world.directory.zones()[0]->names() == 2);
  CHECK(look_up(world.directory, "ns99.global") == "nxdomain");
}

}  // namespace
}  // namespace meshdns
