#include "cmd/config.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("the configuration of a user who says nothing") {
  const Config config;
  REQUIRE(config.zones.size() == 1);
  const ZoneOptions& zone = config.zones.front();
  CHECK(zone.apex.text() == "global");
  CHECK(zone.ttl == 30);
  CHECK(zone.negative_ttl == 5);
  REQUIRE(zone.nameservers.size() == 1);
  CHECK(zone.nameservers.front().name.text() == "ns.dns.global");
  CHECK(zone.nameservers.front().addresses.empty());
  CHECK(zone.contact.text() == "hostmaster.global");
  CHECK(config.sources == std::vector<SourceConfig>{KubernetesConfig()});
  CHECK(changed_keys(config, Config()).empty());
}

TEST_CASE("the zones that publish.reverse makes ours") {
  struct Case {
    std::vector<const char*> blocks;
    std::vector<std::string> expected;
  };
  const std::vector<Case> cases = {
      {{}, {"global"}},
      {{"240.0.0.0/16"}, {"global", "0.240.in-addr.arpa"}},
      {{"240.0.0.0/15"}, {"global", "0.240.in-addr.arpa", "1.240.in-addr.arpa"}},
      {{"240.0.0.0/8", "240.1.0.0/16", "240.0.0.0/8"},
       {"global", "240.in-addr.arpa"}},  // each name is in one zone of them
      {{"10.0.0.1", "fd00::/8"}, {"global", "1.0.0.10.in-addr.arpa", "d.f.ip6.arpa"}},
  };
  for (const Case& c : cases) {
    Config config;
    for (const char* block : c.blocks) config.publish.reverse.push_back(*IpBlock::parse(block));
    std::vector<std::string> apexes;
    for (const ZoneOptions& zone : all_zones(config)) apexes.push_back(zone.apex.text());
    CHECK(apexes == c.expected);
  }
}

TEST_CASE("on a host without IPv6, its wildcard means nothing") {
  const auto v4 = [](const char* text) { return SocketAddress{*IpAddress::parse(text), 53}; };
  Config config;
  CHECK(without_ipv6(config).listen == std::vector{v4("0.0.0.0")});
  CHECK(without_ipv6(config).admin.listen == SocketAddress{*IpAddress::parse("0.0.0.0"), 9153});
  config.listen = {v4("::1"), v4("::")};
  CHECK(without_ipv6(config).listen == std::vector{v4("::1")});
  config.listen = {v4("::")};  // nothing else to listen on: let it fail, and say so
  CHECK(without_ipv6(config).listen == std::vector{v4("::")});
}

TEST_CASE("what decides which publications objects make, and what does not") {
  struct Case {
    bool decides;
    std::function<void(Config&)> change;
  };
  const std::vector<Case> cases = {
      {true, [](Config& c) { c.zones.push_back(default_zone(*Name::parse("other"))); }},
      {true, [](Config& c) { c.zones.front() = default_zone(*Name::parse("other")); }},
      {true,
       [](Config& c) {
         c.zones.front().nameservers.push_back({*Name::parse("ns2.global"), {}});
       }},
      {true, [](Config& c) { c.zones.front().answer = Answer::kEndpoints; }},
      {true, [](Config& c) { c.publish.claims = CatalogOptions::Claims::kNamespace; }},
      {true, [](Config& c) { c.publish.conflicts = CatalogOptions::Conflicts::kMerge; }},
      {true, [](Config& c) { c.rules.visibility = PublishRules::Visibility::kAll; }},
      {true, [](Config& c) { c.rules.without_address = PublishRules::WithoutAddress::kEndpoints; }},
      {true, [](Config& c) { c.rules.default_address = *IpAddress::parse("10.0.0.1"); }},
      {true, [](Config& c) { c.publish.services = true; }},
      {true, [](Config& c) { c.publish.reverse.push_back(*IpBlock::parse("10.0.0.0/8")); }},
      {false, [](Config& c) { c.zones.front().ttl = 31; }},
      {false, [](Config& c) { c.sources.emplace_back(FilesConfig{"/a"}); }},
      {false, [](Config& c) { c.workers = 2; }},
  };
  for (const Case& c : cases) {
    Config changed;
    c.change(changed);
    CHECK((publishing_rules(changed) != publishing_rules(Config())) == c.decides);
  }
}

TEST_CASE("the keys in which two configurations differ") {
  struct Case {
    std::string expected;
    std::function<void(Config&)> change;
  };
  const std::vector<Case> cases = {
      {"listen", [](Config& c) { c.listen.pop_back(); }},
      {"workers", [](Config& c) { c.workers = 2; }},
      {"zones", [](Config& c) { c.zones.front().ttl = 31; }},
      {"sources", [](Config& c) { c.sources.emplace_back(FilesConfig{"/a"}); }},
      {"publish", [](Config& c) { c.publish.services = true; }},
      {"limits", [](Config& c) { c.limits.tcp_per_client = 1; }},
      {"cookies", [](Config& c) { c.cookie_secrets = "/a"; }},
      {"identity", [](Config& c) { c.identity.nsid = "a"; }},
      {"admin", [](Config& c) { c.admin.allow.pop_back(); }},
      {"log.level", [](Config& c) { c.log.level = LogLevel::kDebug; }},
      {"log.format", [](Config& c) { c.log.format = LogFormat::kJson; }},
      {"log.queries", [](Config& c) { c.log.queries = QueryLog::kAll; }},
      {"state", [](Config& c) { c.state = "/a"; }},
      {"lameduck", [](Config& c) { c.lameduck *= 2; }},
  };
  for (const Case& c : cases) {
    Config changed;
    c.change(changed);
    CHECK(changed_keys(Config(), changed) == std::vector<std::string>{c.expected});
  }
}

}  // namespace
}  // namespace meshdns
