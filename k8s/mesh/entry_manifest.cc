#include "k8s/mesh/entry_manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "k8s/mesh/destination.h"
#include "k8s/mesh/destination_rule.h"
#include "k8s/mesh/gateway_sni.h"
#include "k8s/mesh/host_objects.h"
#include "k8s/mesh/mesh_entry.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kMutual = "ISTIO_MUTUAL";

Json new_object(const EntryWish& wish, const char* kind) {
  return {{"apiVersion", kManifestVersion},
          {"kind", kind},
          {"metadata",
           {{"name", wish.host.object()},
            {"namespace", wish.host.name_space},
            {"labels", {{"app.kubernetes.io/managed-by", "meshdnsctl"}}}}},
          {"spec", Json::object()}};
}

/// Of a member that is a number; 0 where it is none.
int64_t number_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

void set(Json& object, const char* key, const Json& value) {
  if (!object.contains(key) || object[key] != value) object[key] = value;
}

/// The items of `now` for those of `wished`: the one that `is_it`, or a new one, as `make` leaves it.
template <class Wished, class IsIt, class Make>
void set_items(Json& object, const char* key, const std::vector<Wished>& wished, IsIt is_it, Make make) {
  const Json now = object.contains(key) ? object[key] : Json::array();
  Json then = Json::array();
  for (const Wished& each : wished) {
    const auto found = std::ranges::find_if(now, [&](const Json& item) { return is_it(item, each); });
    Json item = found == now.end() ? Json::object() : *found;
    make(item, each);
    then.push_back(std::move(item));
  }
  set(object, key, then);
}

// ---- ServiceEntry

/// Whether the entry has these addresses and no others, however they are spelled.
bool has_addresses(const MeshEntry& entry, const std::vector<IpAddress>& wished) {
  const std::vector<IpAddress> now = entry_vips(entry);
  return now.size() == entry.addresses.size() && std::ranges::is_permutation(now, wished);
}

void set_port(Json& item, const EntryPort& port) {
  set(item, "number", port.number);
  set(item, "name", port.name);
  if (istio_protocol(text_of(item, "protocol")) != port.protocol) item["protocol"] = port.protocol;
}

/// Those of the wish's ports that have another number there.
Json endpoint_ports(const EntryEndpoint& endpoint, const EntryWish& wish) {
  Json ports = Json::object();
  for (const EntryPort& port : wish.ports) {
    const auto own = endpoint.ports.find(port.number);
    if (endpoint.gateway) {
      ports[port.name] = *endpoint.gateway;
    } else if (own != endpoint.ports.end()) {
      ports[port.name] = own->second;
    }
  }
  return ports;
}

void set_endpoint(Json& item, const EntryEndpoint& endpoint, const EntryWish& wish) {
  if (!item.contains("address")) item["address"] = endpoint.address;
  const Json ports = endpoint_ports(endpoint, wish);
  if (ports.empty()) {
    item.erase("ports");
  } else if (!item.contains("ports") || nlohmann::json(item["ports"]) != nlohmann::json(ports)) {
    item["ports"] = ports;
  }
  if (!endpoint.locality.empty()) set(item, "locality", endpoint.locality);
  if (wish.has_mtls()) set(item["labels"], kTlsMode, "istio");
}

bool is_endpoint(const Json& item, const EntryEndpoint& endpoint) {
  return canonical_host(text_of(item, "address")) == endpoint.address;
}

Result<Json> editable_entry(const std::string& existing) {
  const auto entry = parse_mesh_entry(existing);
  if (!entry) return Error{entry.error()};
  if (auto error = shared_entry(*entry)) return *std::move(error);
  if (!entry->workload_selector.empty()) {
    return Error{entry->object() + " has a workloadSelector: it is for workloads of its own cluster"};
  }
  return Json::parse(existing);
}

// ---- DestinationRule

/// mTLS; `sni` empty: Istio's own, which names the host.
void set_tls(Json& settings, const std::string& sni) {
  Json& tls = settings["tls"];
  if (!tls.is_object() || text_of(tls, "mode") != kMutual) tls = {{"mode", kMutual}};
  if (sni.empty()) {
    tls.erase("sni");
  } else {
    set(tls, "sni", sni);
  }
}

/// Empty: Istio's own.
std::string sni_for(const EntryWish& wish, uint16_t port) {
  return wish.sni == Sni::kGlobal ? "" : gateway_sni(port, wish.service);
}

bool is_for(const Json& settings, uint16_t port) {
  return settings.contains("port") && number_of(settings["port"], "number") == port;
}

/// The settings of that port. They inherit nothing, so new ones begin with what holds for all ports.
Json& port_settings(Json& policy, uint16_t port) {
  Json& all = policy["portLevelSettings"];
  if (!all.is_array()) all = Json::array();
  for (Json& settings : all) {
    if (is_for(settings, port)) return settings;
  }
  Json settings{{"port", {{"number", port}}}};
  for (const char* key : {"loadBalancer", "connectionPool", "outlierDetection"}) {
    if (policy.contains(key)) settings[key] = policy[key];
  }
  all.push_back(std::move(settings));
  return all.back();
}

void set_policy(Json& policy, const EntryWish& wish) {
  const bool one_for_all = !wish.has_other_ports && (wish.sni == Sni::kGlobal || wish.ports.size() == 1);
  if (one_for_all) set_tls(policy, sni_for(wish, wish.ports.front().number));
  for (const EntryPort& port : wish.ports) {
    const auto is_it = [&](const Json& each) { return is_for(each, port.number); };
    const bool has_own =
        policy.contains("portLevelSettings") && std::ranges::any_of(policy["portLevelSettings"], is_it);
    if (!one_for_all || has_own) set_tls(port_settings(policy, port.number), sni_for(wish, port.number));
  }
}

}  // namespace

Result<std::string> entry_manifest(const EntryWish& wish, const std::string& existing) {
  Json object = new_object(wish, "ServiceEntry");
  bool addressed = false;
  if (!existing.empty()) {
    auto edited = editable_entry(existing);
    if (!edited) return Error{edited.error()};
    object = *std::move(edited);
    addressed = has_addresses(*parse_mesh_entry(existing), wish.addresses);
  }
  Json& spec = object["spec"];
  if (!spec.contains("hosts")) spec["hosts"] = {wish.host.text()};
  if (!addressed) {
    spec["addresses"] = Json::array();
    for (const IpAddress& address : wish.addresses) spec["addresses"].push_back(address.text());
  }
  set(spec, "location", kMeshInternal);
  set_items(
      spec, "ports", wish.ports,
      [](const Json& item, const EntryPort& port) { return number_of(item, "number") == port.number; }, set_port);
  if (text_of(spec, "resolution") != "DNS")
    set(spec, "resolution", wish.resolution());  // which takes IP addresses, too
  set_items(spec, "endpoints", wish.endpoints, is_endpoint,
            [&](Json& item, const EntryEndpoint& endpoint) { set_endpoint(item, endpoint, wish); });
  return object.dump();
}

Result<std::string> mtls_rule(const EntryWish& wish, const std::string& existing) {
  Json object = new_object(wish, "DestinationRule");
  if (!wish.rule_name_space.empty()) object["metadata"]["namespace"] = wish.rule_name_space;
  if (!existing.empty()) {
    if (const auto rule = parse_destination_rule(existing); !rule) return Error{rule.error()};
    object = Json::parse(existing);
  }
  Json& spec = object["spec"];
  if (!spec.contains("host")) spec["host"] = wish.host.text();
  if (!spec.contains("trafficPolicy") || !spec["trafficPolicy"].is_object()) spec["trafficPolicy"] = Json::object();
  set_policy(spec["trafficPolicy"], wish);
  return object.dump();
}

Result<std::string> rule_manifest(const EntryWish& wish, const std::string& existing) {
  if (wish.has_mtls()) return mtls_rule(wish, existing);
  if (existing.empty()) return std::string();
  const auto rule = parse_destination_rule(existing);
  if (!rule) return Error{rule.error()};
  const auto has_tls = [](const DestinationRule::Settings& settings) { return !settings.tls_mode.empty(); };
  if (!has_tls(rule->policy) && std::ranges::none_of(rule->policy.ports, has_tls)) return existing;
  return Error{rule->object() + " has tls for " + wish.host.text() +
               ", whose endpoints are to be reached directly, without mTLS: take it out"};
}

}  // namespace meshdns
