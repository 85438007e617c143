// meshdnsctl entry list: which hosts there are, where they lead, and what the ledger says of their addresses.

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cmd/ctl/aligned.h"
#include "cmd/ctl/command.h"
#include "cmd/ctl/entry.h"
#include "cmd/ctl/entry_clusters.h"
#include "cmd/ctl/entry_request.h"
#include "cmd/ctl/mesh_file.h"
#include "cmd/ctl/mesh_views.h"
#include "cmd/ctl/stop.h"
#include "cmd/ctl/stored_ledger.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/host_objects.h"
#include "zone/joined.h"
#include "zone/unix_time.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

struct ListFlags : MeshFlags {
  std::string ledger_context;
};

std::string endpoint_text(const MeshEntry::Endpoint& endpoint) {
  std::vector<std::string> numbers;
  for (const auto& [name, number] : endpoint.ports) {
    const std::string text = ":" + std::to_string(number);
    if (std::ranges::count(numbers, text) == 0) numbers.push_back(text);
  }
  return endpoint.address + joined(numbers, {}, "") + (endpoint.locality.empty() ? "" : " in " + endpoint.locality);
}

std::vector<std::string> addresses_of(const MeshEntry& entry, const std::string& host) {
  if (!entry.addresses.empty()) return entry.addresses;
  std::vector<std::string> addresses;
  for (const MeshEntry::Allocated& each : entry.allocated) {
    if (each.host.empty() || canonical_host(each.host) == host) addresses.push_back(each.address);
  }
  return addresses;
}

/// What the ledger says of the host, given what its entry has.
std::string lease_state(const VipLedger& ledger, const std::string& host, const std::vector<IpAddress>& vips) {
  const auto lease = ledger.find(host);
  if (lease == ledger.end()) return "none";
  if (lease->second.released) return "released " + rfc3339(*lease->second.released);
  const bool same =
      std::ranges::all_of(vips, [&](const auto& vip) { return std::ranges::count(lease->second.addresses, vip) > 0; });
  return same ? "leased" : "leased: " + joined(lease->second.addresses, &IpAddress::text);
}

/// A line a host and object; the clusters that have the same share it.
class Listing {
 public:
  explicit Listing(VipLedger ledger) : ledger_(std::move(ledger)) {}

  void add(const MeshEntry& entry, const std::string& cluster) {
    for (const std::string& written : entry.hosts) {
      const std::string host = canonical_host(written);
      hosts_.insert(host);
      Json item{{"host", host},
                {"addresses", addresses_of(entry, host)},
                {"ports", Json::array()},
                {"endpoints", Json::array()},
                {"object", entry.name_space + "/" + entry.name},
                {"lease", lease_state(ledger_, host, entry_vips(entry))}};
      for (const MeshEntry::Port& port : entry.ports) {
        item["ports"].push_back(port.name + ":" + std::to_string(port.number) + "/" + port.protocol);
      }
      for (const MeshEntry::Endpoint& endpoint : entry.endpoints) item["endpoints"].push_back(endpoint_text(endpoint));
      auto& clusters = clusters_[item];
      if (!cluster.empty()) clusters.push_back(cluster);
    }
  }

  /// Hosts that have a lease, and an entry nowhere.
  void add_leases() {
    for (const auto& [host, lease] : ledger_) {
      if (hosts_.contains(host)) continue;
      Json addresses = Json::array();
      for (const IpAddress& address : lease.addresses) addresses.push_back(address.text());
      clusters_[Json{{"host", host},
                     {"addresses", addresses},
                     {"ports", Json::array()},
                     {"endpoints", Json::array()},
                     {"object", ""},
                     {"lease", lease_state(ledger_, host, lease.addresses)}}] = {};
    }
  }

  Json value() const {
    Json all = Json::array();
    for (const auto& [item, clusters] : clusters_) {
      all.push_back(item);
      all.back()["clusters"] = clusters;
    }
    return all;
  }

 private:
  const VipLedger ledger_;
  std::set<std::string> hosts_;
  std::map<Json, std::vector<std::string>> clusters_;  // by what they have, which begins with the host
};

std::string cell(const Json& value) {
  const std::string text = value.is_array() ? joined(value.get<std::vector<std::string>>()) : value.get<std::string>();
  return text.empty() ? "-" : text;
}

std::string table(const Json& items) {
  std::vector<Row> rows{{"HOST", "ADDRESSES", "PORTS", "ENDPOINTS", "OBJECT", "CLUSTERS", "LEASE"}};
  for (const Json& item : items) {
    rows.emplace_back();
    for (const char* key : {"host", "addresses", "ports", "endpoints", "object", "clusters", "lease"}) {
      rows.back().push_back(cell(item[key]));
    }
  }
  return aligned(rows);
}

Json list_clusters(const ListFlags& flags) {
  EntryClusters clusters(flags, flags.ledger_context);
  Listing listing(read_ledger(clusters[clusters.ledger()]).ledger);
  for (size_t i = 0; i < clusters.clients(); ++i) {
    const auto entries = read_views<MeshEntry>(clusters[i], kServiceEntries, parse_mesh_entry, flags.name_space);
    for (const MeshEntry& entry : entries.views) listing.add(entry, clusters[i].name());
  }
  if (flags.name_space.empty()) listing.add_leases();
  return listing.value();
}

Json list_files(const ListFlags& flags) {
  Listing listing({});
  for (const std::string& name : flags.files) {
    for (const ManifestObject& object : read_mesh_file(name).objects) {
      if (!object.is_service_entry()) continue;
      const MeshEntry entry = value_or_stop(parse_mesh_entry(object.json), kUsage, object.place + ": ");
      if (flags.name_space.empty() || entry.name_space == flags.name_space) listing.add(entry, name);
    }
  }
  return listing.value();
}

Ended list(const ListFlags& flags) {
  check_mesh_places(flags);
  check_ledger_flag(flags, flags.ledger_context);
  const OutputForm form = form_or_stop(flags.output);
  const Json items = flags.on_files() ? list_files(flags) : list_clusters(flags);
  const std::string text = items.empty() ? "no entries\n" : table(items);
  return {0, in_form(form, text, items)};
}

}  // namespace

void add_entry_list(CtlCommand& entry) {
  CtlCommand command = entry.add("list", "List the hosts that entries make known",
                                 "  # Of two clusters, with what the ledger says of their addresses\n"
                                 "  meshdnsctl entry list --context west --context north\n"
                                 "\n"
                                 "  # For a program\n"
                                 "  meshdnsctl entry list -o json\n");
  const auto flags = std::make_shared<ListFlags>();
  add_ledger_flag(command, flags->ledger_context);
  add_mesh_cluster_flags(command, *flags, "all");
  add_mesh_file_flag(command, *flags);
  add_output_flag(command, flags->output);
  command.runs([flags] { return list(*flags); });
}

}  // namespace meshdns
