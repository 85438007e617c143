#pragma once

// A small world for the admin endpoints to look at: two zones, two sources, two workers.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/admin_view.h"
#include "zone/owner_node.h"
#include "zone/query_name.h"

namespace meshdns {

struct AdminFixture {
  static Name name(const char* text) { return *Name::parse(text); }

  static std::vector<ZoneOptions> zone_options() {
    std::vector<ZoneOptions> zones(2);
    zones[0].apex = name("global");
    zones[0].nameservers = {{name("ns.dns.global"), {*IpAddress::parse("192.0.2.53")}}};
    zones[0].contact = name("hostmaster.global");
    zones[1] = zones[0];
    zones[1].apex = name("mesh.example");
    return zones;
  }

  AdminFixture() {
    sources.push_back(std::make_unique<Source>("east", true));
    sources.push_back(std::make_unique<Source>("west", false));
    for (int i = 0; i < 2; ++i) workers.push_back(std::make_unique<Counters>(directory.zones().size()));
  }

  void put(Zone& zone, const Name& owner, const std::vector<IpAddress>& addresses) {
    QueryName query;
    query.assign(owner, directory.key());
    OwnerBuilder builder;
    builder.begin(query.wire(), query.hash(0));
    add_addresses(builder, addresses, 30);
    zone.put(query, builder.finish());
  }
  void put(const char* owner, std::initializer_list<const char*> addresses) {
    std::vector<IpAddress> parsed;
    for (const char* address : addresses) parsed.push_back(*IpAddress::parse(address));
    put(*directory.zones()[0], name(owner), parsed);
  }

  AdminView view() {
    return {"1.2.3",
            directory,
            sources,
            counts,
            programming,
            snapshot,
            {workers[0].get(), workers[1].get()},
            [this](const Name& asked, uint16_t type) {
              asked_name = asked.text();
              asked_type = type;
              return explanation;
            },
            [this](const Zone& zone) { return copy(zone); }};
  }

  std::shared_ptr<const ZoneCopy> copy(const Zone& zone) {
    return ZoneCopy::make(zone, directory.epochs(), [](const auto& work) { return work(), true; });
  }

  Directory directory{zone_options(), 1000};
  Sources sources;
  Catalog::Counts counts;
  ProgrammingDuration programming;
  SnapshotFigures snapshot;
  std::vector<std::unique_ptr<Counters>> workers;

  std::optional<Explanation> explanation;  // what explain() gives, and what it was asked
  std::string asked_name;
  uint16_t asked_type = 0;
};

}  // namespace meshdns
