#include "k8s/mesh/destination_rule.h"

#include <algorithm>
#include <utility>

#include "k8s/mesh/destination.h"
#include "k8s/mesh/field.h"

namespace meshdns {
namespace {

using Rule = DestinationRule;

std::optional<Rule::OutlierDetection> read_outlier_detection(const Field& field) {
  if (!field.present()) return std::nullopt;
  return Rule::OutlierDetection{
      .gateway_errors = field.at("consecutiveGatewayErrors").number(0, kMostUint32),
      .server_errors = field.at("consecutive5xxErrors").number(0, kMostUint32),
      .interval = field.at("interval").duration(),
      .base_ejection_time = field.at("baseEjectionTime").duration(),
      .max_ejection_percent = field.at("maxEjectionPercent").number(kLeastInt32, kMostInt32),
      .split_local_errors = field.at("splitExternalLocalOriginErrors").truth().value_or(false),
      .min_health_percent = field.at("minHealthPercent").number(kLeastInt32, kMostInt32),
  };
}

Rule::LocalityLb::Distribute read_distribute(const Field& field) {
  Rule::LocalityLb::Distribute distribute{field.pointer(), field.at("from").text(), {}};
  const Field to = field.at("to");
  for (const std::string& locality : to.keys()) {
    distribute.to.emplace_back(locality, *to.at(locality).number(0, kMostUint32));
  }
  return distribute;
}

std::optional<Rule::LocalityLb> read_locality_lb(const Field& field) {
  if (!field.present()) return std::nullopt;
  Rule::LocalityLb setting;
  setting.enabled = field.at("enabled").truth().value_or(true);
  for (const Field& item : field.at("distribute").items()) setting.distribute.push_back(read_distribute(item));
  for (const Field& item : field.at("failover").items()) {
    setting.failover.push_back({item.pointer(), item.at("from").text(), item.at("to").text()});
  }
  setting.failover_priority = field.at("failoverPriority").texts();
  return setting;
}

Rule::Settings read_settings(const Field& policy) {
  const Field tls = policy.at("tls");
  const Field balancer = policy.at("loadBalancer");
  const std::string mode = tls.at("mode").text();
  return {.pointer = policy.pointer(),
          .tls_mode = tls.present() && mode.empty() ? "DISABLE" : mode,  // the enum's zero
          .sni = tls.at("sni").text(),
          .outlier_detection = read_outlier_detection(policy.at("outlierDetection")),
          .consistent_hash = balancer.at("consistentHash").present(),
          .locality_lb = read_locality_lb(balancer.at("localityLbSetting")),
          .connect_timeout = policy.at("connectionPool").at("tcp").at("connectTimeout").duration()};
}

Rule::TrafficPolicy read_policy(const Field& field) {
  Rule::TrafficPolicy policy{read_settings(field), {}};
  for (const Field& item : field.at("portLevelSettings").items()) {
    const auto port = item.at("port").at("number").port();
    if (!port) item.at("port").at("number").wrong("a number from 1 to 65535");
    policy.ports.push_back({read_settings(item), *port});
  }
  return policy;
}

Rule::Subset read_subset(const Field& field) {
  Rule::Subset subset{field.at("name").text(), field.at("labels").text_map(), {}};
  if (subset.name.empty()) field.at("name").wrong("a name");
  if (const Field policy = field.at("trafficPolicy"); policy.present()) subset.policy = read_policy(policy);
  return subset;
}

}  // namespace

const Rule::Settings& Rule::TrafficPolicy::of_port(uint16_t port) const {
  const auto own = std::ranges::find(ports, port, &PortSettings::port);
  return own == ports.end() ? static_cast<const Settings&>(*this) : *own;
}

const Rule::Subset* Rule::subset(std::string_view name) const {
  const auto found = std::ranges::find(subsets, name, &Subset::name);
  return found == subsets.end() ? nullptr : &*found;
}

Result<DestinationRule> parse_destination_rule(std::string_view json, std::string_view name_space) {
  DestinationRule rule;
  const auto error = read_object(json, [&](const Field& object) {
    static_cast<ObjectIdentity&>(rule) = read_identity(object, "DestinationRule", name_space);
    const Field spec = object.at("spec");
    const std::string host = spec.at("host").text();
    if (host.empty()) spec.at("host").wrong("a host name");
    rule.host = full_host(host, rule.name_space);
    rule.export_to = spec.at("exportTo").texts();
    rule.workload_selector = spec.at("workloadSelector").at("matchLabels").text_map();
    rule.policy = read_policy(spec.at("trafficPolicy"));
    for (const Field& subset : spec.at("subsets").items()) rule.subsets.push_back(read_subset(subset));
  });
  if (error) return *error;
  return rule;
}

}  // namespace meshdns
