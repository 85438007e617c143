#include "k8s/mesh/vip_ledger.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "k8s/istio/service_entry.h"

namespace meshdns {
namespace {

constexpr int64_t kNow = 1'800'000'000;
constexpr size_t kHosts = 10'000;
constexpr size_t kClusters = 5;

IpAddress address(const char* text) { return *IpAddress::parse(text); }

VipRules rules(const std::vector<const char*>& pools = {"240.0.0.0/16"}, int64_t now = kNow) {
  VipRules rules{{}, {}, now};
  for (const char* pool : pools) rules.pools.push_back(*VipPool::parse(pool));
  return rules;
}

ServiceEntry entry(const std::string& host, const std::string& vip) {
  ServiceEntry entry;
  entry.hosts = {host};
  entry.addresses = {vip};
  return entry;
}

std::vector<std::string> many_hosts() {
  std::vector<std::string> hosts;
  for (size_t i = 0; i < kHosts; ++i) {
    hosts.push_back("service" + std::to_string(i) + ".team" + std::to_string(i % 97) + ".global");
  }
  return hosts;
}

/// Five clusters have 500 entries each that others have written.
VipRules rules_of_many_clusters() {
  VipRules all = rules({"240.0.0.0/16", "fd6b:98c1:7a1d::/112"});
  for (size_t i = 0; i < kClusters * 500; ++i) {
    const std::string cluster = std::to_string(i % kClusters);
    all.holders.add(entry("others" + std::to_string(i) + ".foo.global",
                          "240.0." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250)),
                    "context " + cluster);
  }
  return all;
}

void require_unique(const VipLedger& ledger, const VipRules& rules) {
  std::set<IpAddress> given;
  for (const auto& [host, lease] : ledger) {
    REQUIRE(lease.addresses.size() == rules.pools.size());
    for (const IpAddress& each : lease.addresses) {
      REQUIRE(given.insert(each).second);
      REQUIRE(rules.holders.other_than(host, each) == nullptr);
    }
  }
}

TEST_CASE("10,000 hosts over 5 clusters") {
  const VipRules rules = rules_of_many_clusters();
  std::vector<std::string> hosts = many_hosts();
  VipLedger ledger;
  REQUIRE_FALSE(lease(ledger, hosts, rules));
  CHECK(ledger.size() == kHosts);
  require_unique(ledger, rules);

  VipLedger again = ledger;
  REQUIRE_FALSE(lease(again, hosts, rules));
  CHECK(again == ledger);

  VipLedger shuffled;
  std::ranges::shuffle(hosts, std::mt19937(7));
  REQUIRE_FALSE(lease(shuffled, hosts, rules));
  CHECK(shuffled == ledger);

  VipLedger more = ledger;
  std::vector<std::string> added;
  for (size_t i = 0; i < kHosts; ++i) added.push_back("added" + std::to_string(i) + ".bar.global");
  REQUIRE_FALSE(lease(more, added, rules));
  require_unique(more, rules);
  for (const auto& [host, lease] : ledger) REQUIRE(more.at(host) == lease);
}

TEST_CASE("a host that goes and comes back") {
  const VipRules day = rules();
  VipLedger ledger;
  REQUIRE_FALSE(lease(ledger, {"a.bar.global"}, day));
  const VipLease given = ledger.at("a.bar.global");
  release(ledger, "a.bar.global", kNow);
  release(ledger, "a.bar.global", kNow + 9);
  release(ledger, "unknown.bar.global", kNow);
  CHECK(ledger.size() == 1);
  CHECK(ledger.at("a.bar.global").released == kNow);

  SUBCASE("gets what it had, however late") {
    REQUIRE_FALSE(lease(ledger, {"a.bar.global"}, rules({"240.0.0.0/16"}, kNow + 100 * kReleasedFor)));
    CHECK(ledger.at("a.bar.global") == given);
  }
  SUBCASE("keeps it though the pool is another") {
    REQUIRE_FALSE(lease(ledger, {"a.bar.global"}, rules({"240.7.0.0/16"})));
    CHECK(ledger.at("a.bar.global") == given);
  }
  SUBCASE("gets an address of the other family besides") {
    REQUIRE_FALSE(lease(ledger, {"a.bar.global"}, rules({"240.0.0.0/16", "fd6b:98c1:7a1d::/112"})));
    REQUIRE(ledger.at("a.bar.global").addresses.size() == 2);
    CHECK(ledger.at("a.bar.global").addresses[0] == given.addresses[0]);
  }
  SUBCASE("gets another one where somebody has taken it by hand") {
    VipRules taken = rules();
    taken.holders.add(entry("b.bar.global", given.addresses[0].text()), "ServiceEntry bar/b");
    REQUIRE_FALSE(lease(ledger, {"a.bar.global"}, taken));
    CHECK(ledger.at("a.bar.global").addresses.size() == 1);
    CHECK(ledger.at("a.bar.global") != given);
  }
}

TEST_CASE("a released address is the last to be given, and not within a day") {
  VipLedger ledger;
  REQUIRE_FALSE(lease(ledger, {"a", "b", "c", "d", "e"}, rules({"240.0.0.8/29"})));
  release(ledger, "b", kNow - 5);
  release(ledger, "a", kNow);
  const IpAddress of_b = ledger.at("b").addresses[0];

  REQUIRE_FALSE(lease(ledger, {"f"}, rules({"240.0.0.8/29"}, kNow + 10 * kReleasedFor)));
  CHECK(ledger.contains("a"));
  CHECK(ledger.contains("b"));  // one was left that nobody ever had

  VipLedger early = ledger;
  const auto error = lease(early, {"g"}, rules({"240.0.0.8/29"}, kNow - 6 + kReleasedFor));
  REQUIRE(error);
  CHECK(error->message ==
        "the pool 240.0.0.8/29 is exhausted: it has 6 addresses, of which 4 are leased, 0 are in ServiceEntries, and 2 "
        "were "
        "released less than 24 h ago; the first of these can be had from 2027-01-16T07:59:55Z on; --pool names a "
        "larger one");

  REQUIRE_FALSE(lease(ledger, {"g"}, rules({"240.0.0.8/29"}, kNow - 5 + kReleasedFor)));
  CHECK(ledger.at("g").addresses == std::vector{of_b});
  CHECK_FALSE(ledger.contains("b"));
  CHECK(lease(ledger, {"b"}, rules({"240.0.0.8/29"}, kNow - 5 + kReleasedFor)));
}

TEST_CASE("an address that is asked for") {
  VipRules some = rules();
  some.holders.add(entry("x.bar.global", "240.0.0.9"), "ServiceEntry bar/x of context east");
  VipLedger ledger{{"a.bar.global", {{address("240.0.0.1"), address("fd00::1")}, {}}},
                   {"gone.bar.global", {{address("240.0.0.2")}, kNow - 5}},
                   {"long-gone.bar.global", {{address("240.0.0.3")}, kNow - kReleasedFor}}};
  struct Case {
    const char* wanted;
    const char* said;  // empty: it is given
  };
  for (const Case& c : std::vector<Case>{{"240.0.0.9", "x.bar.global (ServiceEntry bar/x of context east)"},
                                         {"240.0.0.1", "240.0.0.1 is leased to a.bar.global"},
                                         {"240.0.0.2", "released by gone.bar.global and stays free until "},
                                         {"240.0.0.3", ""},
                                         {"240.0.0.4", ""},
                                         {"10.0.0.1", ""}}) {
    CAPTURE(c.wanted);
    VipLedger then = ledger;
    const auto error = lease_these(then, "b.bar.global", {address(c.wanted)}, some);
    CHECK((error ? error->message : "").find(c.said) != std::string::npos);
    CHECK(error.has_value() == (*c.said != '\0'));
    if (!error) CHECK(then.at("b.bar.global").addresses == std::vector{address(c.wanted)});
  }
  REQUIRE_FALSE(lease_these(ledger, "a.bar.global", {address("240.0.0.7")}, some));
  CHECK(ledger.at("a.bar.global").addresses == std::vector{address("240.0.0.7"), address("fd00::1")});
  CHECK_FALSE(lease_these(ledger, "b.bar.global", {address("240.0.0.1")}, some));  // it is free again
}

TEST_CASE("the ledger as a ConfigMap has it") {
  for (const char* text : {"240.0.0.1", "240.0.0.1 fd00::1", "fd00::1", "240.0.0.1, released 2027-01-15T08:00:00Z",
                           "240.0.0.1 fd00::1, released 2027-01-15T08:00:00Z"}) {
    CAPTURE(text);
    const auto lease = VipLease::parse(text);
    REQUIRE_MESSAGE(lease, lease.error());
    CHECK(lease->text() == text);
  }
  for (const char* text :
       {"", " ", "240.0.0.1 240.0.0.2", "240.0.0.1,fd00::1", "240.0.0.1 released", "a.bar.global",
        "240.0.0.1, released ", "240.0.0.1, released yesterday", ", released 2027-01-15T08:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(VipLease::parse(text));
  }
  CHECK(parse_ledger({{"a", "240.0.0.1"}, {"b", "x"}}).error() ==
        "key b: found \"x\", expected addresses, or addresses, released TIME");
  const VipLedger ledger = *parse_ledger({{"a.bar.global", "240.0.0.1"}});
  CHECK(ledger_octets(ledger) == 21);
}

TEST_CASE("a ledger that is full forgets what was released long ago, and no more of it than it must") {
  VipLedger ledger;
  const std::string label(60, 'x');
  for (size_t i = 0; ledger_octets(ledger) <= kMostLedgerOctets; ++i) {
    for (size_t j = 0; j < 100; ++j) {
      ledger.emplace(label + std::to_string(100 * i + j) + ".bar.global", VipLease{{address("240.0.0.1")}, {}});
    }
  }
  CHECK_FALSE(make_room(ledger, kNow));
  size_t released = 0;
  for (auto& [host, lease] : ledger) {
    if (released < 200) lease.released = kNow - kReleasedFor - static_cast<int64_t>(released++);
  }
  const std::string first =
      std::ranges::min_element(ledger, {}, [](const auto& each) { return each.second.released.value_or(kNow); })->first;
  const size_t before = ledger.size();
  REQUIRE(make_room(ledger, kNow));
  CHECK(ledger_octets(ledger) <= kMostLedgerOctets);
  CHECK(ledger_octets(ledger) > kMostLedgerOctets - 200);
  CHECK(ledger.size() < before);
  CHECK_FALSE(ledger.contains(first));
  const VipLedger fits = ledger;
  REQUIRE(make_room(ledger, kNow));
  CHECK(ledger == fits);
}

}  // namespace
}  // namespace meshdns
