#include "cmd/ctl/stored_ledger.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"
#include "k8s/api/json_fields.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

constexpr std::array kNamespaceNames = {"meshdns", "istio-system"};

std::string new_map(const StoredLedger& stored, const VipLedger& then) {
  Json data = Json::object();
  for (const auto& [host, lease] : then) data[host] = lease.text();
  return Json{
      {"apiVersion", "v1"},
      {"kind", "ConfigMap"},
      {"metadata",
       {{"name", kLedgerName},
        {"namespace", stored.name_space},
        {"labels", {{"app.kubernetes.io/managed-by", "meshdnsctl"}, {"app.kubernetes.io/part-of", "meshdns"}}}}},
      {"data", data}}
      .dump();
}

/// The keys that differ, as a JSON Patch. A host has neither a slash nor a tilde.
Json changes(const VipLedger& before, const VipLedger& then, bool has_data) {
  Json patch = Json::array();
  if (!has_data) patch.push_back({{"op", "add"}, {"path", "/data"}, {"value", Json::object()}});
  for (const auto& [host, lease] : before) {
    if (!then.contains(host)) patch.push_back({{"op", "remove"}, {"path", "/data/" + host}});
  }
  for (const auto& [host, lease] : then) {
    const auto now = before.find(host);
    if (now != before.end() && now->second == lease) continue;
    patch.push_back({{"op", "add"}, {"path", "/data/" + host}, {"value", lease.text()}});
  }
  return patch;
}

}  // namespace

std::string StoredLedger::text() const { return "ConfigMap " + name_space + "/" + std::string(kLedgerName); }

StoredLedger read_ledger(MeshCluster& cluster) {
  StoredLedger stored;
  for (const char* name_space : kNamespaceNames) {
    auto map = cluster.get(kConfigMaps, name_space, std::string(kLedgerName));
    if (!map) continue;
    if (stored.map) {
      stop(kRefused, cluster.prefix() + "there are two ledgers of virtual addresses, " + stored.text() + " and " +
                         map->meta.text() + ": merge one into the other, and delete it");
    }
    stored.name_space = name_space;
    stored.map = std::move(map);
  }
  if (stored.map) {
    const std::string where = cluster.prefix() + stored.text() + ", ";
    stored.ledger = value_or_stop(parse_ledger(texts_member(Json::parse(stored.map->json), "data")), kRefused, where);
    return stored;
  }
  for (const char* name_space : kNamespaceNames) {
    if (stored.name_space.empty() && cluster.get(kNamespaces, "", name_space)) stored.name_space = name_space;
  }
  return stored;
}

void plan_ledger(ObjectPlan& plan, size_t index, MeshCluster& cluster, const StoredLedger& stored, VipLedger then,
                 int64_t now) {
  if (then == stored.ledger) return;
  if (stored.name_space.empty()) {
    stop(kRefused, cluster.prefix() +
                       "there is no namespace for the ledger of virtual addresses, neither meshdns nor "
                       "istio-system; kubectl create namespace meshdns makes one");
  }
  if (!make_room(then, now)) {
    stop(kRefused,
         cluster.prefix() + stored.text() + " is full: it has " + std::to_string(stored.ledger.size()) +
             " hosts, and a ConfigMap no room for more; meshdnsctl entry list shows those that are not needed");
  }
  if (!stored.map) return plan.create(index, cluster, kConfigMaps, new_map(stored, then));
  const Json before = Json::parse(stored.map->json);
  const Json patch = changes(stored.ledger, then, member(before, "data").is_object());
  plan.patch(index, *stored.map, patch.dump(), before.patch(patch).dump());
}

}  // namespace meshdns
