#include "k8s/mesh/failover_intent.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "k8s/mesh/destination_rule.h"
#include "k8s/mesh/failover_route.h"
#include "k8s/mesh/failover_rule.h"
#include "k8s/mesh/istio_duration.h"
#include "k8s/mesh/virtual_service.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

/// As it is written; empty: it is not there.
std::string text_at(const Json& object, const std::string& pointer) {
  const Json::json_pointer at(pointer);
  return object.contains(at) && object.at(at).is_string() ? object.at(at).get<std::string>() : "";
}

bool is_same_spec(const std::string& one, const std::string& other) {
  return Json::parse(one).at("spec") == Json::parse(other).at("spec");
}

/// What the rule tells; nothing: no endpoint is ejected.
bool read_rule(const std::string& json, const MeshEntry& entry, FailoverWish& wish) {
  const auto rule = parse_destination_rule(json);
  if (!rule || entry.ports.empty()) return false;
  const DestinationRule::Settings& settings = rule->policy.of_port(entry.ports.front().number);
  if (!settings.outlier_detection || !settings.locality_lb) return false;
  for (const auto& distribute : settings.locality_lb->distribute) {
    for (const auto& [locality, share] : distribute.to) wish.distribute.push_back({locality, share});
  }
  wish.connect_timeout = text_at(Json::parse(json), settings.pointer + "/connectionPool/tcp/connectTimeout");
  return true;
}

void read_route(const VirtualService& service, const std::string& json, FailoverWish& wish) {
  for (const VirtualService::HttpRoute& route : service.http) {
    if (!route.retries || !route.retries->remote_localities) continue;
    wish.repeatable = route.retries->retry_on.find("gateway-error") != std::string::npos;
    wish.per_try_timeout = text_at(Json::parse(json), route.pointer + "/retries/perTryTimeout");
    return;
  }
}

/// Whether failover create takes it: objects may say what no flag can, or what a shell would read more into.
bool is_wishable(const FailoverWish& wish) {
  const auto is_share = [](const LocalityShare& each) {
    return static_cast<bool>(parse_locality_share(each.locality + "=" + std::to_string(each.share)));
  };
  const auto is_duration = [](const std::string& text) {
    return text.empty() || static_cast<bool>(parse_istio_duration(text));
  };
  return std::ranges::all_of(wish.distribute, is_share) &&
         (wish.distribute.empty() || !check_shares(wish.distribute)) && is_duration(wish.per_try_timeout) &&
         is_duration(wish.connect_timeout) && (wish.per_try_timeout.empty() || wish.repeatable);
}

bool makes_rule(const FailoverWish& wish, const MeshEntry& entry, const std::string& rule) {
  const auto before = rule_without_failover(rule);
  const auto again = before ? failover_rule(wish, entry, *before) : before;
  return again && is_same_spec(*again, rule);
}

bool makes_route(const FailoverWish& wish, const MeshEntry& entry, const VirtualService& service,
                 const std::string& route) {
  const std::string before = without_retries(wish.host, route, service);
  if (before.empty()) return is_same_spec(failover_route(wish, entry, service, ""), route);
  return is_same_spec(with_retries(wish, entry, before, service), route);
}

}  // namespace

std::optional<FailoverWish> failover_intent(const MeshHost& host, const MeshEntry& entry, const std::string& rule,
                                            const std::string& route) {
  FailoverWish wish{host, {}, {}, {}, false, "", ""};
  if (rule.empty() || !read_rule(rule, entry, wish)) return std::nullopt;
  if (!route.empty()) {
    const auto service = parse_virtual_service(route);
    if (!service) return std::nullopt;
    read_route(*service, route, wish);
    if (!makes_route(wish, entry, *service, route)) return std::nullopt;
  } else if (std::ranges::any_of(entry.ports, may_carry_http)) {
    return std::nullopt;
  }
  return is_wishable(wish) && makes_rule(wish, entry, rule) ? std::optional(wish) : std::nullopt;
}

}  // namespace meshdns
