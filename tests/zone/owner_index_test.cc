#include "zone/owner_index.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "tests/zone/zone_fixture.h"

namespace meshdns {
namespace {

using test::name;

struct Index {
  Epochs epochs;
  HashKey key = HashKey::random();
  OwnerIndex index{epochs};
  QueryName query;

  OwnerPtr make(const std::string& owner) {
    query.assign(name(owner), key);
    OwnerBuilder builder;
    builder.begin(query.wire(), query.hash(0));
    return builder.finish();
  }
  const OwnerNode* find(const std::string& owner) {
    query.assign(name(owner), key);
    return index.find(query.hash(0), query.wire());
  }
  void erase(const std::string& owner) {
    query.assign(name(owner), key);
    index.erase(query.hash(0), query.wire());
  }
};

TEST_CASE("every owner is found while and after the table grows") {
  Index i;
  constexpr int kOwners = 5000;  // from 64 slots, through seven growths
  for (int n = 0; n < kOwners; ++n) {
    i.index.insert(i.make("n" + std::to_string(n)));
    REQUIRE(i.find("n" + std::to_string(n / 2)) != nullptr);
  }
  for (int n = 0; n < kOwners; ++n) REQUIRE(i.find("n" + std::to_string(n)) != nullptr);
  CHECK(i.find("n5000") == nullptr);
  size_t visited = 0;
  i.index.for_each([&](const OwnerNode&) { ++visited; });
  CHECK(visited == kOwners);
}

TEST_CASE("random changes agree with a set") {
  Index i;
  std::set<std::string> model;
  uint32_t random = 1;
  for (int step = 0; step < 50000; ++step) {
    random = random * 1664525 + 1013904223;
    const std::string owner = "n" + std::to_string(random >> 20);  // of 4096: tombstones, reuse, growth by tombstones
    const bool there = model.contains(owner);
    REQUIRE((i.find(owner) != nullptr) == there);
    if (!there) {
      i.index.insert(i.make(owner));
      model.insert(owner);
    } else if ((random >> 16 & 3) == 0) {
      i.index.replace(i.make(owner));
    } else {
      i.erase(owner);
      model.erase(owner);
    }
    i.epochs.reclaim();
  }
  size_t visited = 0;
  i.index.for_each([&](const OwnerNode&) { ++visited; });
  CHECK(visited == model.size());
  CHECK(i.epochs.retired_bytes() == 0);
}

TEST_CASE("after a mass deletion the next table holds what comes while it fills") {
  Index i;
  constexpr int kOwners = 45870;  // of 65,536 slots: a few more, and the table grows
  for (int n = 0; n < kOwners; ++n) i.index.insert(i.make("old" + std::to_string(n)));
  for (int n = 0; n < kOwners; ++n) i.erase("old" + std::to_string(n));
  // Mostly onto tombstones, until growth begins with few alive and a large old table still to be walked over.
  constexpr int kAgain = 8000;
  for (int n = 0; n < kAgain; ++n) i.index.insert(i.make("new" + std::to_string(n)));
  for (int n = 0; n < kAgain; ++n) REQUIRE(i.find("new" + std::to_string(n)) != nullptr);
  CHECK(i.find("old0") == nullptr);
}

TEST_CASE("a reader that looks on keeps what is retired") {
  Index i;
  Epochs::Reader reader(i.epochs);
  i.index.insert(i.make("a"));
  reader.enter();
  const OwnerNode* seen = i.find("a");
  i.erase("a");
  i.epochs.reclaim();
  CHECK(seen->name().size() == 3);
  CHECK(i.epochs.retired_bytes() == seen->size());
  reader.leave();
  i.epochs.reclaim();
  CHECK(i.epochs.retired_bytes() == 0);
}

}  // namespace
}  // namespace meshdns
