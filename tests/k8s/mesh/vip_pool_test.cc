#include "k8s/mesh/vip_pool.h"

#include <doctest/doctest.h>

#include <set>
#include <vector>

namespace meshdns {
namespace {

const VipPool::Blocked kNone = [](const IpAddress&) { return std::nullopt; };

IpAddress address(const char* text) { return *IpAddress::parse(text); }

TEST_CASE("pools, and how many addresses they give") {
  struct Case {
    const char* text;
    uint64_t size;
  };
  for (const Case& c : std::vector<Case>{{"240.0.0.0/16", 65024},
                                         {"240.0.0.0/24", 254},
                                         {"240.0.0.0/25", 126},
                                         {"240.0.0.128/25", 126},
                                         {"240.0.0.4/30", 2},
                                         {"240.0.0.0/9", 8323072},
                                         {"fd6b:98c1:7a1d::/112", 65024},
                                         {"fd6b:98c1:7a1d::/64", 18302628885633695744U},
                                         {"fd6b:98c1:7a1d::4/126", 2}}) {
    CAPTURE(c.text);
    const auto pool = VipPool::parse(c.text);
    REQUIRE_MESSAGE(pool, pool.error());
    CHECK(pool->text() == c.text);
    CHECK(pool->size() == c.size);
  }
}

TEST_CASE("what is no pool") {
  struct Case {
    const char* text;
    const char* said;
  };
  for (const Case& c : std::vector<Case>{{"", "expected a block"},
                                         {"240.0.0.1/16", "expected a block"},
                                         {"240.0.0.1", "from /8 to /30"},
                                         {"240.0.0.0/31", "from /8 to /30"},
                                         {"0.0.0.0/0", "from /8 to /30"},
                                         {"fd00::/8", "from /64 to /126"},
                                         {"fd00::/127", "from /64 to /126"},
                                         {"240.240.0.0/16", "istiod"},
                                         {"240.240.1.0/24", "overlaps 240.240.0.0/16"},
                                         {"240.0.0.0/8", "istiod"},
                                         {"2001:2::/64", "overlaps 2001:2::/48"},
                                         {"0.0.0.0/8", "overlaps 0.0.0.0/8"},
                                         {"127.1.0.0/16", "overlaps 127.0.0.0/8: these are loopback addresses"},
                                         {"169.254.7.0/24", "overlaps 169.254.0.0/16"},
                                         {"224.0.0.0/8", "overlaps 224.0.0.0/4"},
                                         {"255.255.255.0/24", "overlaps 255.255.255.255/32"},
                                         {"::/64", "overlaps ::/127"},
                                         {"::ffff:240.0.0.0/112", "overlaps ::ffff:0.0.0.0/96"},
                                         {"fe80::/64", "overlaps fe80::/10"},
                                         {"ff02::/64", "overlaps ff00::/8"},
                                         {"\x1b[31m", "found \"?[31m\""}}) {
    CAPTURE(c.text);
    const auto pool = VipPool::parse(c.text);
    REQUIRE_FALSE(pool);
    CHECK(pool.error().find(c.said) != std::string::npos);
  }
}

TEST_CASE("a host's address is the same in every version") {
  const VipPool v4 = *VipPool::parse("240.0.0.0/16");
  CHECK(v4.first_free("serverservice04.bar.global", kNone)->text() == "240.0.247.94");
  CHECK(VipPool::parse("fd6b:98c1:7a1d::/64")->first_free("a.bar.global", kNone)->text() ==
        "fd6b:98c1:7a1d:0:5571:235d:460d:15fa");
}

TEST_CASE("each address once, none of a network's, and nothing when all are taken") {
  for (const char* text :
       {"240.0.0.4/30", "240.0.0.8/29", "240.0.0.0/25", "240.0.0.0/24", "240.0.0.0/22", "fd6b:98c1:7a1d::/118"}) {
    CAPTURE(text);
    const VipPool pool = *VipPool::parse(text);
    std::set<IpAddress> given;
    const auto blocked = [&](const IpAddress& each) {
      return given.contains(each) ? std::optional(each) : std::nullopt;
    };
    while (const auto free = pool.first_free("a.bar.global", blocked)) {
      CHECK(pool.block().contains(*free));
      CHECK(free->bytes().back() != 0);
      CHECK(free->bytes().back() != 255);
      REQUIRE(given.insert(*free).second);
    }
    CHECK(given.size() == pool.size());
  }
}

TEST_CASE("a block is passed in one step") {
  const VipPool pool = *VipPool::parse("fd6b:98c1:7a1d::/64");
  const auto upper_half = *IpBlock::parse("fd6b:98c1:7a1d:0:8000::/65");
  int asked = 0;
  const auto blocked = [&](const IpAddress& each) {
    ++asked;
    return upper_half.contains(each) ? std::optional(address("fd6b:98c1:7a1d:0:ffff:ffff:ffff:ffff")) : std::nullopt;
  };
  for (const char* host : {"a", "b", "c", "d", "e", "f"})
    CHECK_FALSE(upper_half.contains(*pool.first_free(host, blocked)));
  CHECK(asked < 20);
  const auto all = [](const IpAddress&) { return std::optional(address("fe00::")); };
  CHECK_FALSE(pool.first_free("a", all));
}

TEST_CASE("what overlaps") {
  const auto block = [](const char* text) { return *IpBlock::parse(text); };
  CHECK(overlap(block("10.0.0.0/8"), block("10.1.2.3")));
  CHECK(overlap(block("10.1.2.3"), block("10.0.0.0/8")));
  CHECK_FALSE(overlap(block("10.0.0.0/8"), block("11.0.0.0/8")));
  CHECK_FALSE(overlap(block("0.0.0.0/0"), block("::/0")));
}

}  // namespace
}  // namespace meshdns
