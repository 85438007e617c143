#include "k8s/mesh/failover_entry.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "k8s/mesh/destination.h"
#include "k8s/mesh/locality.h"
#include "k8s/mesh/shell_word.h"
#include "zone/joined.h"
#include "zone/nearest.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

std::set<std::string> localities_of(const MeshEntry& entry) {
  std::set<std::string> found;
  for (const auto& endpoint : entry.endpoints) found.insert(endpoint.locality);
  return found;
}

/// "; the nearest is region1/zone1"
template <class Names>
std::string nearest_of(std::string_view name, const Names& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view found = nearest(name, views, std::max<size_t>(2, name.size() / 3));
  return found.empty() ? "" : "; the nearest is " + std::string(found);
}

/// As many of its parts as the other has: "region1" of "region1/zone1", beside "region2".
std::string cut_like(const std::string& locality, std::string_view other) {
  size_t end = 0;
  for (auto parts = std::ranges::count(other, '/') + 1; parts > 0 && end < locality.size(); --parts) {
    end = std::min(locality.find('/', end + 1), locality.size());
  }
  return locality.substr(0, end);
}

std::string nearest_locality(const std::string& locality, const std::set<std::string>& known) {
  std::set<std::string> names;
  for (const std::string& each : known) names.insert(cut_like(each, locality));
  return nearest_of(locality, names);
}

std::optional<Error> check_localities(const FailoverWish& wish, const MeshEntry& entry) {
  const auto lacking = unlocated(entry);
  if (!lacking.empty()) {
    const auto flag = [](const std::string& address) { return "--locality " + shell_word(address) + "=REGION/ZONE"; };
    return Error{entry.object() + " does not say where " + joined(lacking) + (lacking.size() > 1 ? " are" : " is") +
                 "; add " + joined(lacking, flag, " ")};
  }
  for (const std::string& locality : localities_of(entry)) {
    if (const auto right = parse_locality(locality); !right)
      return Error{entry.object() + ": locality: " + right.error()};
  }
  if (localities_of(entry).size() > 1) return std::nullopt;
  return Error{
      "all endpoints of " + wish.host.text() + " are in " + entry.endpoints.front().locality +
      ", so none is another's to fail over to; where one is elsewhere, --locality ADDRESS=LOCALITY says so, for " +
      joined(entry.endpoints, &MeshEntry::Endpoint::address)};
}

std::optional<Error> check_distribute(const FailoverWish& wish, const MeshEntry& entry) {
  const auto localities = localities_of(entry);
  for (const LocalityShare& each : wish.distribute) {
    const auto is_in = [&](const std::string& locality) { return is_in_locality(locality, each.locality); };
    if (std::ranges::any_of(localities, is_in)) continue;
    return Error{"--distribute: no endpoint of " + wish.host.text() + " is in " + each.locality +
                 nearest_locality(each.locality, localities) + "; there are " + joined(localities)};
  }
  for (const std::string& locality : localities) {
    const auto has = [&](const LocalityShare& each) { return is_in_locality(locality, each.locality); };
    if (std::ranges::any_of(wish.distribute, has)) continue;
    return Error{
        "--distribute leaves out " + locality +
        ", whose endpoints would get no request, even where all others are dead; expected a share of at least 1 "
        "for each of " +
        joined(localities)};
  }
  return std::nullopt;
}

}  // namespace

std::string canonical_address(const std::string& address) {
  const auto endpoint = parse_endpoint_address(address);
  return endpoint ? endpoint->address : address;
}

std::vector<std::string> unlocated(const MeshEntry& entry) {
  std::vector<std::string> found;
  for (const auto& endpoint : entry.endpoints) {
    if (endpoint.locality.empty()) found.push_back(canonical_address(endpoint.address));
  }
  return found;
}

Result<std::string> failover_entry(const TextMap& localities, const std::string& existing) {
  const auto entry = parse_mesh_entry(existing);
  if (!entry) return Error{entry.error()};
  Json object = Json::parse(existing);
  for (const auto& endpoint : entry->endpoints) {
    const auto locality = localities.find(canonical_address(endpoint.address));
    if (locality == localities.end() || locality->second == endpoint.locality) continue;
    object.at(Json::json_pointer(endpoint.pointer))["locality"] = locality->second;
  }
  return object.dump();
}

std::optional<Error> check_addresses(const TextMap& localities, const std::vector<MeshEntry>& entries) {
  std::set<std::string> addresses;
  for (const MeshEntry& entry : entries) {
    for (const auto& endpoint : entry.endpoints) addresses.insert(canonical_address(endpoint.address));
  }
  for (const auto& [address, locality] : localities) {
    if (addresses.contains(address)) continue;
    return Error{"--locality: no endpoint has the address " + address + nearest_of(address, addresses) +
                 "; there are " + joined(addresses)};
  }
  return std::nullopt;
}

std::optional<Error> check_nodes(const MeshEntry& entry, const std::vector<std::string>& node_localities) {
  const std::set<std::string> known(node_localities.begin(), node_localities.end());
  for (const auto& endpoint : entry.endpoints) {
    const auto is_there = [&](const std::string& node) { return is_in_locality(node, endpoint.locality); };
    if (std::ranges::any_of(known, is_there)) continue;
    return Error{
        entry.object() + ": no node is in " + endpoint.locality + ", where " + endpoint.address + " is said to be" +
        nearest_locality(endpoint.locality, known) + "; there are " + joined(known) +
        "; --locality ADDRESS=LOCALITY corrects it, and where it is a cluster's that is not named, each --context is "
        "a command of its own"};
  }
  return std::nullopt;
}

std::optional<Error> check_failover(const FailoverWish& wish, const MeshEntry& entry, const std::string& create) {
  if (entry.ports.empty()) {
    return Error{entry.object() + ": spec.ports: found none, expected the ports that clients ask for; " + create};
  }
  if (entry.endpoints.size() < 2) {
    return Error{entry.object() + " has " + (entry.endpoints.empty() ? "no endpoint" : "one endpoint") +
                 ", expected one for each cluster: there is nothing to fail over to; " + create};
  }
  if (auto error = check_localities(wish, entry)) return error;
  return wish.distribute.empty() ? std::nullopt : check_distribute(wish, entry);
}

}  // namespace meshdns
