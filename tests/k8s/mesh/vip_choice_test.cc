#include "k8s/mesh/vip_choice.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "k8s/istio/service_entry.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

constexpr int64_t kNow = 1'800'000'000;
constexpr const char* kHost = "a.bar.global";

IpAddress address(const std::string& text) { return *IpAddress::parse(text); }

std::vector<PresentVips> present(const std::vector<std::vector<const char*>>& entries) {
  std::vector<PresentVips> all;
  for (const auto& entry : entries) {
    all.push_back({"c" + std::to_string(all.size()) + ": ServiceEntry bar/a", {}});
    for (const char* text : entry) all.back().addresses.push_back(address(text));
  }
  return all;
}

TEST_CASE("which addresses a host gets") {
  const VipLease leased{{address("240.0.0.7")}, {}};
  const VipLease released{{address("240.0.0.7")}, kNow - 5};
  const VipLease others{{address("240.0.0.9")}, {}};
  struct Case {
    const char* name;
    VipLedger ledger;
    const char* wanted;
    std::vector<std::vector<const char*>> present;
    const char* expected;  // or what is said
  };
  for (const Case& c : std::vector<Case>{
           {"a new host", {}, nullptr, {{}, {}}, "240.0.21.250"},
           {"the ledger's", {{kHost, leased}}, nullptr, {{}, {"240.0.0.7"}}, "240.0.0.7"},
           {"one that comes back", {{kHost, released}}, nullptr, {{}}, "240.0.0.7"},
           {"one that an entry has, and no ledger", {}, nullptr, {{}, {"240.0.0.2"}}, "240.0.0.2"},
           {"a released one, and an entry by hand", {{kHost, released}}, nullptr, {{"240.0.0.2"}}, "240.0.0.2"},
           {"entries that differ",
            {},
            nullptr,
            {{"240.0.0.2"}, {"240.0.0.3"}},
            "c1: ServiceEntry bar/a has 240.0.0.3, and"},
           {"an entry that differs from the ledger",
            {{kHost, leased}},
            nullptr,
            {{"240.0.0.2"}},
            "--address 240.0.0.7 changes it"},
           {"an entry with two",
            {},
            nullptr,
            {{"240.0.0.2", "240.0.0.3"}},
            "c0: ServiceEntry bar/a has 240.0.0.2, 240.0.0.3, expected one address of a family at most; --address "
            "240.0.0.2 leaves that one alone"},
           {"an entry with two, of which one is asked for", {}, "240.0.0.2", {{"240.0.0.2", "240.0.0.3"}}, "240.0.0.2"},
           {"an entry with somebody's",
            {{"b.bar.global", others}},
            nullptr,
            {{"240.0.0.9"}},
            "240.0.0.9 is leased to b.bar.global"},
           {"by hand", {{kHost, leased}}, "240.0.0.4", {{"240.0.0.7"}}, "240.0.0.4"},
           {"by hand, beside an entry's IPv6 address",
            {},
            "240.0.0.4",
            {{"240.0.0.7", "fd00::7"}},
            "240.0.0.4, fd00::7"},
           {"by hand, beside a leased IPv6 address",
            {{kHost, {{address("240.0.0.7"), address("fd00::9")}, {}}}},
            "240.0.0.4",
            {{"240.0.0.7", "fd00::7"}},
            "240.0.0.4, fd00::9"},
           {"by hand, and somebody's",
            {{"b.bar.global", others}},
            "240.0.0.9",
            {{}},
            "240.0.0.9 is leased to b.bar.global"},
           {"leased, and an entry of somebody's has it",
            {{kHost, {{address("240.0.0.77")}, {}}}},
            nullptr,
            {{}},
            "is the address of x.bar.global, too (ServiceEntry bar/x)"}}) {
    CAPTURE(c.name);
    VipRules rules{{*VipPool::parse("240.0.0.0/16")}, {}, kNow};
    ServiceEntry entry;
    entry.hosts = {"x.bar.global"};
    entry.addresses = {"240.0.0.77"};
    rules.holders.add(entry, "ServiceEntry bar/x");
    VipLedger ledger = c.ledger;
    const auto wanted = c.wanted == nullptr ? std::nullopt : std::optional(address(c.wanted));
    const auto chosen = choose_vips(ledger, kHost, wanted, present(c.present), rules);
    const std::string said = chosen ? joined(*chosen, &IpAddress::text) : chosen.error();
    CAPTURE(said);
    CHECK((chosen ? said == c.expected : said.find(c.expected) != std::string::npos));
    if (chosen) CHECK(ledger.at(kHost) == VipLease{*chosen, {}});
  }
}

}  // namespace
}  // namespace meshdns
