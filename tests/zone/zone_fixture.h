#pragma once

// Zones and names for tests, in one line each.

#include <string>
#include <vector>

#include "zone/directory.h"
#include "zone/publication.h"
#include "zone/rr_type.h"
#include "zone/sources.h"

namespace meshdns::test {

inline Name name(const std::string& text) { return *Name::parse(text); }

inline IpAddress address(const std::string& text) { return *IpAddress::parse(text); }

inline ZoneOptions zone_options(const std::string& apex) {
  return {.apex = name(apex),
          .ttl = 30,
          .negative_ttl = 5,
          .nameservers = {{name("ns.dns." + apex), {address("192.0.2.53")}}},
          .contact = name("hostmaster." + apex)};
}

inline Sources sources(const std::vector<std::string>& names) {
  Sources sources;
  for (const std::string& name : names) sources.push_back(std::make_unique<Source>(name, true));
  return sources;
}

inline Publication publication(const std::string& object, int64_t created, const std::vector<std::string>& hosts,
                               const std::vector<std::string>& addresses) {
  Publication publication{
      .object = object, .created = created, .hosts = {}, .ports = {{"http1", 8000, "http"}}, .skipped = {}};
  for (const std::string& host : hosts) {
    HostAddresses& added = publication.hosts.emplace_back(HostAddresses{name(host), {}});
    for (const std::string& text : addresses) added.addresses.push_back(address(text));
  }
  return publication;
}

/// Puts an owner with one A record into a zone, by hand.
inline void put(Directory& directory, const std::string& owner, const std::string& ip) {
  QueryName query;
  query.assign(name(owner), directory.key());
  const std::vector<IpAddress> addresses = {address(ip)};
  OwnerBuilder builder;
  builder.begin(query.wire(), query.hash(0));
  add_addresses(builder, addresses, 30);
  directory.find(query)->put(query, builder.finish());
}

inline void remove(Directory& directory, const std::string& owner) {
  QueryName query;
  query.assign(name(owner), directory.key());
  directory.find(query)->remove(query);
}

/// The addresses of an A RRset in answer form.
inline std::vector<std::string> addresses_of(OwnerNode::Found found) {
  std::vector<std::string> texts;
  for (unsigned i = 0; found.rrset != nullptr && i < found.rrset->count; ++i) {
    const uint8_t* rdata = found.records + i * size_t{found.rrset->stride} + OwnerNode::kRecordHeader;
    texts.push_back(IpAddress::v4(std::span<const uint8_t, 4>(rdata, 4)).text());
  }
  return texts;
}

/// What a lookup finds, as a word: "10.0.0.1", "*10.0.0.1" from a wildcard, "nodata", "*nodata", "nxdomain".
inline std::string look_up(const Directory& directory, const std::string& asked, uint16_t type = rr_type::kA) {
  QueryName query;
  query.assign(name(asked), directory.key());
  const OwnerTree::Lookup found = directory.find(query)->tree()->lookup(query);
  if (found.match == OwnerTree::Match::kNone) return "nxdomain";
  const std::string prefix = found.match == OwnerTree::Match::kWildcard ? "*" : "";
  const auto addresses = addresses_of(found.node->find(type));
  return prefix + (addresses.empty() ? "nodata" : addresses.front());
}

}  // namespace meshdns::test
