#include "k8s/mesh/vip_holders.h"

#include <doctest/doctest.h>

#include "k8s/istio/service_entry.h"

namespace meshdns {
namespace {

IpAddress address(const char* text) { return *IpAddress::parse(text); }

TEST_CASE("who has an address") {
  ServiceEntry entry;
  entry.hosts = {"A.Bar.global.", "b.bar.global"};
  entry.addresses = {"240.0.0.7", "240.0.1.0/24", "240.0.0.8/32", "240.0.3.9/24", "no address"};
  entry.status_addresses = {{"240.240.0.1", "b.bar.global"}, {"240.240.0.2", ""}};
  VipHolders holders;
  holders.add(entry, "ServiceEntry bar/a");

  CHECK(holders.other_than("c.bar.global", address("240.0.0.7"))->host == "a.bar.global");
  CHECK(holders.other_than("a.bar.global", address("240.0.0.8"))->host == "b.bar.global");
  CHECK(holders.other_than("c.bar.global", address("240.0.1.77"))->where == "ServiceEntry bar/a");
  CHECK(holders.other_than("c.bar.global", address("240.0.3.77"))->where == "ServiceEntry bar/a");
  CHECK(holders.other_than("c.bar.global", address("240.0.0.9")) == nullptr);
  CHECK(holders.other_than("b.bar.global", address("240.240.0.1")) == nullptr);
  CHECK(holders.other_than("a.bar.global", address("240.240.0.1")) != nullptr);
  CHECK(holders.other_than("a.bar.global", address("240.240.0.2")) == nullptr);

  CHECK(holders.taken_up_to("c.bar.global", address("240.0.1.77")) == address("240.0.1.255"));
  CHECK(holders.taken_up_to("c.bar.global", address("240.0.0.7")) == address("240.0.0.7"));
  CHECK_FALSE(holders.taken_up_to("c.bar.global", address("240.0.2.0")));

  CHECK(holders.has("a.bar.global"));
  CHECK_FALSE(holders.has("c.bar.global"));

  CHECK(holders.within(*IpBlock::parse("240.0.0.0/24")) == 2);
  CHECK(holders.within(*IpBlock::parse("240.0.0.0/16")) == 6);  // a block is each host's
  CHECK(holders.within(*IpBlock::parse("10.0.0.0/8")) == 0);
}

}  // namespace
}  // namespace meshdns
