#include "k8s/mesh/failover_rule.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "k8s/api/api_objects.h"
#include "k8s/mesh/destination_rule.h"
#include "k8s/mesh/failover_settings.h"
#include "k8s/mesh/failover_tls.h"
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
  const auto rule = with_gateway_tls(wish, entry, existing);
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
