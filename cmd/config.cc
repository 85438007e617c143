#include "cmd/config.h"

#include <algorithm>
#include <utility>

#include "zone/reverse.h"

namespace meshdns {

ZoneOptions default_zone(const Name& name) {
  const std::string parent = name.is_root() ? "" : name.text();
  return {.apex = name,
          .nameservers = {{*Name::parse("ns.dns." + parent), {}}},
          .contact = *Name::parse("hostmaster." + parent)};
}

AdminConfig::AdminConfig()
    : listen{*IpAddress::parse("::"), 9153}, allow{*IpBlock::parse("127.0.0.0/8"), *IpBlock::parse("::1/128")} {}

Config::Config()
    : listen{{*IpAddress::parse("0.0.0.0"), 53}, {*IpAddress::parse("::"), 53}},
      zones{default_zone(*Name::parse("global"))},
      sources{KubernetesConfig()} {}

const std::string& source_name(const SourceConfig& source) {
  const auto* kubernetes = std::get_if<KubernetesConfig>(&source);
  return kubernetes != nullptr ? kubernetes->cluster : std::get<FilesConfig>(source).path;
}

Config without_ipv6(Config config) {
  const auto is_wildcard = [](const SocketAddress& a) { return !a.address.is_v4() && a.address.is_unspecified(); };
  if (!std::ranges::all_of(config.listen, is_wildcard)) std::erase_if(config.listen, is_wildcard);
  if (is_wildcard(config.admin.listen)) config.admin.listen.address = *IpAddress::parse("0.0.0.0");
  return config;
}

PublishRules publish_rules(const Config& config, SourceId source) {
  PublishRules rules = config.rules;
  rules.allocated_addresses = source == kLocalSource;
  const auto answers_endpoints = [](const ZoneOptions& zone) { return zone.answer == Answer::kEndpoints; };
  if (std::ranges::none_of(config.zones, answers_endpoints)) return rules;
  for (const ZoneOptions& zone : all_zones(config)) rules.zones.emplace(zone.apex, zone.answer);
  return rules;
}

std::vector<ZoneOptions> all_zones(const Config& config) {
  std::vector<ZoneOptions> zones = config.zones;
  for (const IpBlock& block : config.publish.reverse) {
    for (Name& apex : reverse_apexes(block)) {
      const auto is_same = [&](const ZoneOptions& zone) { return apex == zone.apex; };
      const auto holds = [&](const ZoneOptions& zone) { return apex.is_within(zone.apex); };
      const auto made = zones.begin() + static_cast<ptrdiff_t>(config.zones.size());
      if (std::any_of(zones.begin(), made, is_same) || std::any_of(made, zones.end(), holds)) continue;
      ZoneOptions& zone = zones.emplace_back(config.zones.front());
      zone.apex = std::move(apex);
      zone.file.clear();
    }
  }
  return zones;
}

std::string publishing_rules(const Config& config) {
  const auto number = [](auto value) { return " " + std::to_string(static_cast<unsigned>(value)); };
  std::string rules;
  for (const ZoneOptions& zone : all_zones(config)) {
    rules += "zone " + zone.apex.text() + number(zone.answer);
    for (const NameServer& server : zone.nameservers) rules += " " + server.name.text();
    rules += "\n";
  }
  for (const IpBlock& block : config.publish.reverse)
    rules += "reverse " + block.base().text() + number(block.prefix()) + "\n";
  rules += "claims" + number(config.publish.claims) + ", conflicts" + number(config.publish.conflicts) + ", services" +
           number(config.publish.services);
  rules +=
      ", visibility" + number(config.rules.visibility) + ", without address" + number(config.rules.without_address);
  if (config.rules.default_address) rules += " " + config.rules.default_address->text();
  return rules;
}

std::vector<std::string> changed_keys(const Config& before, const Config& after) {
  std::vector<std::string> changed;
  const auto compare = [&](const char* key, const auto& member) {
    if (!(member(before) == member(after))) changed.emplace_back(key);
  };
  compare("listen", [](const Config& c) { return c.listen; });
  compare("workers", [](const Config& c) { return c.workers; });
  compare("zones", [](const Config& c) { return c.zones; });
  compare("sources", [](const Config& c) { return c.sources; });
  compare("sourceWait", [](const Config& c) { return c.source_wait; });
  compare("publish", [](const Config& c) { return std::pair(c.publish, c.rules); });
  compare("transfer", [](const Config& c) { return c.transfer; });
  compare("limits", [](const Config& c) { return c.limits; });
  compare("cookies", [](const Config& c) { return c.cookie_secrets; });
  compare("identity", [](const Config& c) { return c.identity; });
  compare("admin", [](const Config& c) { return c.admin; });
  compare("log.level", [](const Config& c) { return c.log.level; });
  compare("log.format", [](const Config& c) { return c.log.format; });
  compare("log.queries", [](const Config& c) { return c.log.queries; });
  compare("state", [](const Config& c) { return c.state; });
  compare("lameduck", [](const Config& c) { return c.lameduck; });
  return changed;
}

}  // namespace meshdns
