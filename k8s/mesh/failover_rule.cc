#include "k8s/mesh/failover_rule.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "k8s/api/api_objects.h"
#include "k8s/mesh/destination_rule.h"
#include "k8s/mesh/entry_manifest.h"
#include "k8s/mesh/failover_settings.h"
#include "k8s/mesh/locality.h"
#include "k8s/mesh/our_object.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kOutlierDetection = "outlierDetection";
constexpr const char* kBalancer = "loadBalancer";
constexpr const char* kLocality = "localityLbSetting";
constexpr const char* kPool = "connectionPool";
constexpr const char* kTimeout = "connectTimeout";

/// Whatever the order of its members.
bool same(const Json& one, const Json& other) { return nlohmann::json(one) == nlohmann::json(other); }

void set(Json& object, std::string_view key, const Json& value) {
  Json& member = object[std::string(key)];
  if (!same(member, value)) member = value;
}

Json& object_in(Json& object, const char* key) {
  Json& member = object[key];
  if (!member.is_object()) member = Json::object();
  return member;
}

// ---- mTLS

/// The port that goes to a gateway by something else than Istio's mTLS.
std::optional<int64_t> unencrypted(const MeshEntry& entry, const DestinationRule& rule) {
  for (const MeshEntry::Port& port : entry.ports) {
    const std::string& mode = rule.policy.of_port(port.number).tls_mode;
    const auto is_through = [&](const auto& endpoint) { return endpoint.is_gateway_for(port); };
    const bool is_mutual = mode.empty() || mode == "ISTIO_MUTUAL";
    if (!is_mutual && std::ranges::any_of(entry.endpoints, is_through)) return port.number;
  }
  return std::nullopt;
}

/// The serving side's Service, as an SNI that is there names it; else by the host's name.
std::string service_of(const FailoverWish& wish, const DestinationRule& rule) {
  constexpr std::string_view kBetween = "_.";
  std::vector<std::string> names{rule.policy.sni};
  for (const auto& port : rule.policy.ports) names.push_back(port.sni);
  for (const std::string& sni : names) {
    const size_t host = sni.rfind(kBetween);
    if (sni.starts_with("outbound_.") && host != std::string::npos) return sni.substr(host + kBetween.size());
  }
  return wish.host.name + "." + wish.host.name_space + ".svc.cluster.local";
}

/// The rule with mTLS to the gateways: as it is, unless another SNI is asked for, or there is none and nothing else makes sidecars use it.
Result<std::string> with_tls(const FailoverWish& wish, const MeshEntry& entry, const std::string& existing) {
  DestinationRule rule;
  if (!existing.empty()) {
    auto parsed = parse_destination_rule(existing);
    if (!parsed) return Error{parsed.error()};
    rule = *std::move(parsed);
  }
  EntryWish tls{wish.host, {}, {}, {}, wish.sni.value_or(Sni::kService), service_of(wish, rule), entry.name_space};
  bool has_all = true;
  for (const MeshEntry::Port& port : entry.ports) {
    tls.ports.push_back({port.name, port.number, port.protocol});
    has_all = has_all && !rule.policy.of_port(port.number).tls_mode.empty();
  }
  bool is_automatic = true;
  for (const MeshEntry::Endpoint& endpoint : entry.endpoints) {
    const bool through = entry.is_gateway(endpoint) || (wish.sni && !endpoint.ports.empty());
    if (through) is_automatic = is_automatic && entry.has_automatic_mtls(endpoint);
    tls.endpoints.push_back(
        {endpoint.address, through ? std::optional(kGatewayPort) : std::nullopt, endpoint.locality});
  }
  if (wish.sni && !tls.has_gateway()) {
    return Error{entry.object() + " has no endpoint that is a gateway, expected one with port " +
                 std::to_string(kGatewayPort) + ": only gateways go by an SNI"};
  }
  if (const auto port = unencrypted(entry, rule); port && !wish.sni) {
    return Error{rule.object() + ": tls.mode: found " + printable(rule.policy.of_port(*port).tls_mode) + " for port " +
                 std::to_string(*port) +
                 ", expected ISTIO_MUTUAL, as gateways answer nothing else: what fails over to them would be lost; "
                 "--sni service writes it"};
  }
  const bool is_needed = tls.has_gateway() && !has_all && !is_automatic;
  if (!wish.sni && !is_needed) return existing;
  return rule_manifest(tls, existing);
}

Json new_rule(const FailoverWish& wish, const MeshEntry& entry) {
  return {
      {"apiVersion", kManifestVersion},
      {"kind", "DestinationRule"},
      {"metadata", {{"name", wish.host.object()}, {"namespace", entry.name_space}, {"labels", {{kManagedBy, kUs}}}}},
      {"spec", {{"host", wish.host.text()}, {"trafficPolicy", Json::object()}}}};
}

// ---- failover

void set_outlier_detection(Json& settings) {
  Json& detection = object_in(settings, kOutlierDetection);
  set(detection, "consecutiveGatewayErrors", failover::kGatewayErrors);
  set(detection, "consecutive5xxErrors", failover::k5xxErrors);
  set(detection, "interval", failover::kInterval);
  set(detection, "baseEjectionTime", failover::kBaseEjectionTime);
  set(detection, "maxEjectionPercent", failover::kMaxEjectionPercent);
  set(detection, "minHealthPercent", failover::kMinHealthPercent);
}

/// Two regions are each other's; of more, and of the zones of one, the priorities tell.
Json locality_setting(const FailoverWish& wish, const MeshEntry& entry) {
  Json setting{{"enabled", true}};
  if (!wish.distribute.empty()) {
    Json shares = Json::object();
    for (const auto& [locality, share] : wish.distribute) shares[locality] = share;
    setting["distribute"] = Json::array({{{"from", "*"}, {"to", shares}}});  // clients without a locality, too
    return setting;
  }
  std::set<std::string> regions;
  for (const MeshEntry::Endpoint& endpoint : entry.endpoints) regions.emplace(region_of(endpoint.locality));
  if (regions.size() != 2) return setting;
  setting["failover"] = Json::array({{{"from", *regions.begin()}, {"to", *regions.rbegin()}},
                                     {{"from", *regions.rbegin()}, {"to", *regions.begin()}}});
  return setting;
}

void set_failover(Json& settings, const FailoverWish& wish, const Json& locality) {
  set_outlier_detection(settings);
  set(object_in(settings, kBalancer), kLocality, locality);
  if (!wish.connect_timeout.empty()) {
    set(object_in(object_in(settings, kPool), "tcp"), kTimeout, wish.connect_timeout);
  }
}

bool is_for(const Json& settings, const MeshEntry::Port& port) {
  const Json number = settings.value("port", Json::object()).value("number", Json());
  return number.is_number_integer() && number == port.number;
}

/// Where settings hold for the entry's ports: their own, and the policy's for those that have none.
std::vector<Json::json_pointer> settings_of(const Json& policy, const MeshEntry& entry) {
  std::vector<Json::json_pointer> found;
  const Json own = policy.value("portLevelSettings", Json::array());
  bool have_all_own = !entry.ports.empty();
  for (const MeshEntry::Port& port : entry.ports) {
    bool has_own = false;
    for (size_t i = 0; i < own.size(); ++i) {
      if (!is_for(own[i], port)) continue;
      has_own = true;
      found.push_back(Json::json_pointer("/portLevelSettings") / i);
    }
    have_all_own = have_all_own && has_own;
  }
  if (!have_all_own) found.emplace_back("");
  return found;
}

// ---- without it

/// The member of a member; the outer one goes with its last.
void erase(Json& object, const char* key, const char* inner) {
  const auto member = object.find(key);
  if (member == object.end() || !member->is_object()) return;
  if (member->erase(inner) > 0 && member->empty()) object.erase(key);
}

void erase_failover(Json& settings) {
  settings.erase(kOutlierDetection);
  erase(settings, kBalancer, kLocality);
  const auto pool = settings.find(kPool);
  if (pool == settings.end() || !pool->is_object()) return;
  erase(*pool, "tcp", kTimeout);
  if (pool->empty()) settings.erase(kPool);
}

}  // namespace

Result<std::string> failover_rule(const FailoverWish& wish, const MeshEntry& entry, const std::string& existing) {
  const auto rule = with_tls(wish, entry, existing);
  if (!rule) return Error{rule.error()};
  Json object = rule->empty() ? new_rule(wish, entry) : Json::parse(*rule);
  const Json locality = locality_setting(wish, entry);
  Json& policy = object_in(object["spec"], "trafficPolicy");
  for (const Json::json_pointer& pointer : settings_of(policy, entry)) {
    Json& settings = policy[pointer];
    if (settings.value(kBalancer, Json::object()).contains("zoneAwareLbSetting")) {
      return Error{"the DestinationRule of " + wish.host.text() +
                   " has zoneAwareLbSetting, which Istio does not take beside localityLbSetting: take it out"};
    }
    set_failover(settings, wish, locality);
  }
  return object.dump();
}

std::vector<std::string> overriding(const std::string& existing) {
  std::vector<std::string> notes;
  const auto rule = parse_destination_rule(existing);
  for (const auto& subset : rule ? rule->subsets : std::vector<DestinationRule::Subset>()) {
    if (!subset.policy) continue;
    notes.push_back(rule->object() + ": the subset " + subset.name +
                    " has a trafficPolicy of its own, which takes the place of what is written for all");
  }
  return notes;
}

Result<std::string> rule_without_failover(const std::string& existing) {
  const auto rule = parse_destination_rule(existing);
  if (!rule) return Error{rule.error()};
  Json object = Json::parse(existing);
  Json& spec = object["spec"];
  const auto policy = spec.find("trafficPolicy");
  if (policy == spec.end() || !policy->is_object()) return existing;
  const bool was_empty = policy->empty();
  erase_failover(*policy);
  if (const auto own = policy->find("portLevelSettings"); own != policy->end() && own->is_array()) {
    for (Json& settings : *own) erase_failover(settings);
  }
  if (is_ours(object) && policy->empty() && !was_empty && rule->subsets.empty()) return std::string();
  return object.dump();
}

}  // namespace meshdns
