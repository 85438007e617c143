// Copies of a zone that changes all the time: each is the zone at one moment between two batches, which a model remembers.

#include "server/zone_copy.h"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "tests/zone/zone_fixture.h"

namespace meshdns {
namespace {

using Owners = std::map<std::string, std::string>;  // owner → address

class ChangingZone {
 public:
  explicit ChangingZone(unsigned names) : names_(names) { install(); }

  Zone& zone() { return *directory_.zones().front(); }

  /// Some insertions, replacements and deletions; now and then a tree of its own, as when the zone's file has changed.
  void change() {
    const std::lock_guard lock(between_batches_);
    if (random_() % 200 == 0) install();
    for (unsigned i = 0; i < 1 + random_() % 4; ++i) {
      const std::string owner = "n" + std::to_string(random_() % names_) + ".bar.global";
      if (random_() % 3 == 0) {
        test::remove(directory_, owner);
        owners_.erase(owner);
      } else {
        owners_[owner] = test::address("10.0." + std::to_string(i) + "." + std::to_string(random_() % 256)).text();
        test::put(directory_, owner, owners_[owner]);
      }
    }
    zone().step_serial(0);
    directory_.epochs().reclaim();
  }

  /// Between two batches. `seen`: what the zone was when this was called first.
  ZoneCopy::OnWriter on_writer(std::optional<Owners>& seen) {
    return [this, &seen](const auto& work) {
      const std::lock_guard lock(between_batches_);
      if (!seen) seen = owners_;
      work();
      return true;
    };
  }

  std::shared_ptr<const ZoneCopy> copy(const ZoneCopy::OnWriter& on_writer) {
    return ZoneCopy::make(zone(), directory_.epochs(), on_writer);
  }

  uint64_t retired() {
    const std::lock_guard lock(between_batches_);
    directory_.epochs().reclaim();
    return directory_.epochs().retired_bytes();
  }

 private:
  void install() {
    zone().install(zone().make_tree());
    for (const auto& [owner, address] : owners_) test::put(directory_, owner, address);
  }

  const unsigned names_;
  Directory directory_{{test::zone_options("global")}, 1};
  std::mutex between_batches_;
  Owners owners_;
  std::mt19937 random_{1};
};

uint32_t serial_of(const OwnerNode& apex) {
  const OwnerNode::Found soa = apex.find(rr_type::kSoa);
  uint32_t serial = 0;
  for (size_t at = soa.rrset->size - 20U; at < soa.rrset->size - 16U; ++at) serial = serial << 8 | soa.records[at];
  return serial;
}

Owners owners_of(const ZoneCopy& copy) {
  Owners owners;
  for (const OwnerNode* owner : copy.owners().subspan(1)) {
    const auto addresses = test::addresses_of(owner->find(rr_type::kA));
    const std::string name = Name::from_wire(owner->name())->text();
    if (addresses.empty() || name == "ns.dns.global") continue;
    CHECK(owners.emplace(name, addresses.front()).second);
  }
  return owners;
}

TEST_CASE("a copy is the zone of its moment, whatever changes while it is made") {
  for (const unsigned names : {5U, 300U, 3000U}) {
    ChangingZone changing(names);
    std::atomic<bool> ending{false};
    std::thread writer([&] {
      while (!ending) changing.change();
    });
    for (int i = 0; i < 60; ++i) {
      std::optional<Owners> seen;
      const auto copy = changing.copy(changing.on_writer(seen));
      REQUIRE(copy);
      CHECK(owners_of(*copy) == *seen);
      CHECK(serial_of(*copy->owners().front()) == copy->serial());
    }
    ending = true;
    writer.join();
    CHECK(changing.retired() == 0);
  }
}

TEST_CASE("no copy where the writer is busy, and nothing is kept for it") {
  for (const int times : {0, 1}) {
    ChangingZone changing(10);
    int called = 0;
    const auto copy = changing.copy([&](const auto& work) {
      if (called++ == times) return false;
      work();
      return true;
    });
    CHECK(copy == nullptr);
    CHECK(called == times + 1);
    for (int i = 0; i < 10; ++i) changing.change();
    CHECK(changing.retired() == 0);
  }
}

TEST_CASE("a zone that has not been read has no owners") {
  ZoneOptions options = test::zone_options("global");
  options.file = "global.zone";
  Directory directory({options}, 1);
  const auto now = [](const auto& work) { return work(), true; };
  const auto copy = ZoneCopy::make(*directory.zones().front(), directory.epochs(), now);
  REQUIRE(copy);
  CHECK(copy->owners().empty());
}

}  // namespace
}  // namespace meshdns
