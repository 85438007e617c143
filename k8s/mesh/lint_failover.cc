// Whether requests to a host find another locality when the servers of one are dead.

#include <algorithm>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/lint_hosts.h"
#include "k8s/mesh/lint_rules.h"
#include "k8s/mesh/lint_text.h"
#include "k8s/mesh/locality_mode.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

using HttpRoute = VirtualService::HttpRoute;
using Settings = DestinationRule::Settings;

constexpr const char* kDetection = "/outlierDetection";
constexpr const char* kCreate = "meshdnsctl failover create writes it";

bool is_off(const Settings& settings) { return settings.locality_lb && !settings.locality_lb->enabled; }

/// Whether they are a subset's, which take over what the rule says and they do not.
bool take_over(const DestinationRule& rule, const Settings* settings) {
  return rule.policy.outlier_detection && std::ranges::any_of(rule.subsets, [&](const DestinationRule::Subset& subset) {
           return subset.policy && &*subset.policy == settings;
         });
}

/// Why no endpoint of the host is ever ejected, where no setting about localities asks for it.
std::string without_detection(const LocatedHost& host) {
  if (host.rule == nullptr) return "no DestinationRule is for it";
  const std::string rule = with_place(*host.rule);
  if (host.settings == &host.rule->policy) return rule + " says no outlierDetection";
  return "portLevelSettings of port " + std::to_string(host.ports.front()->number) + " in " + rule +
         " inherit nothing, and say no outlierDetection";
}

bool may_carry_http(const LocatedHost& host) {
  const auto ports = ports_of({{&host.entry}, nullptr});
  return std::ranges::any_of(host.ports, [&](const MeshEntry::Port* port) {
    const auto found = std::ranges::find(ports, port->number, &DeclaredPort::number);
    return found != ports.end() && may_be_http(*found);
  });
}

/// Calls `visit` with hosts whose endpoints, one a locality or more, are ejected.
template <class Visit>
void each_ejecting_host(const LintMesh& mesh, const Visit& visit) {
  each_located_host(mesh, [&](const LocatedHost& host) {
    if (host.settings == nullptr || !host.settings->outlier_detection || is_off(*host.settings)) return;
    if (ejects(*host.settings->outlier_detection)) visit(host, *host.settings->outlier_detection);
  });
}

size_t largest(const LocatedHost& host) {
  size_t most = 0;
  for (const auto& [locality, endpoints] : host.localities) most = std::max(most, endpoints);
  return most;
}

/// Whether an endpoint that is ejected is a whole cluster: one of several localities, or a gateway.
bool ejects_clusters(const LocatedHost& host, const DestinationRule::OutlierDetection& detection) {
  if (host.is_in_several()) return true;
  const auto is_gateway = [&](const MeshEntry::Endpoint& endpoint) {
    return std::ranges::any_of(host.ports, [&](const auto* port) { return endpoint.is_gateway_for(*port); });
  };
  return most_ejected(detection, host.entry.endpoints.size()) > 0 &&
         std::ranges::any_of(host.entry.endpoints, is_gateway);
}

// ---- retries

bool go_elsewhere(const HttpRoute& route) {
  return route.retries && route.retries->attempts > 0 && route.retries->remote_localities;
}

/// Whether a route that delegates to the VirtualService has such retries, which routes without any take over.
bool are_delegated(const LintMesh& mesh, const VirtualService& service) {
  const VirtualService::Delegate delegate{service.name_space, service.name};
  return std::ranges::any_of(mesh.routes(), [&](const VirtualService& root) {
    return std::ranges::any_of(
        root.http, [&](const HttpRoute& route) { return route.delegate == delegate && go_elsewhere(route); });
  });
}

/// Whether the host's own locality comes first on that port, or on any, and others when that is dead.
bool fails_over(const LintMesh& mesh, const Destination& destination) {
  bool found = false;
  for (const LintEntry* entry : mesh.declared(destination.host).entries) {
    each_located_host(mesh, *entry, [&](const LocatedHost& host) {
      const auto is_port = [&](const auto* port) { return !destination.port || port->number == destination.port; };
      const bool is_meant = canonical_host(host.host) == destination.host && std::ranges::any_of(host.ports, is_port);
      found = found || (is_meant && host.is_in_several() && locality_mode(host.settings) == LocalityMode::kFailover &&
                        may_carry_http(host));
    });
  }
  return found;
}

std::string why_they_stay(const HttpRoute& route) {
  if (!route.retries) return "without retries of its own, Istio's are for the locality that was tried";
  if (route.retries->attempts <= 0) return "with attempts 0, nothing is tried again";
  return "without retryRemoteLocalities, retries are for the locality that was tried";
}

bool is_routed(const LintMesh& mesh, const std::string& host) {
  return std::ranges::any_of(mesh.routes(), [&](const VirtualService& service) {
    return service.is_for_sidecars() && std::ranges::any_of(service.hosts, [&](const std::string& pattern) {
             return pattern == host || pattern == "*" ||
                    (pattern.starts_with("*.") && host.ends_with(pattern.substr(1)));
           });
  });
}

}  // namespace

void find_missing_outlier_detection(const LintSubject& subject, const Report& report) {
  for (const DestinationRule& rule : subject.mesh.rules()) {
    for (const Settings* settings : all_settings(rule)) {
      if (settings->outlier_detection && !ejects(*settings->outlier_detection)) {
        report(rule, settings->pointer + kDetection,
               "neither consecutiveGatewayErrors nor consecutive5xxErrors is above 0, so that no endpoint is ever "
               "ejected");
      }
      const bool is_ejecting = settings->outlier_detection || take_over(rule, settings);
      if (!settings->locality_lb || is_ejecting || is_off(*settings)) continue;
      const bool has_shares = locality_mode(settings) == LocalityMode::kDistribute;
      report(rule, settings->pointer,
             "found localityLbSetting without outlierDetection: " +
                 std::string(has_shares ? "a locality whose servers are dead keeps its share of the requests"
                                        : "no endpoint is ever ejected, so that nothing fails over") +
                 "; " + kCreate);
    }
  }
  each_located_host(subject.mesh, [&](const LocatedHost& host) {
    const bool says_something =
        host.settings != nullptr && (host.settings->outlier_detection || host.settings->locality_lb);
    if (!host.is_in_several() || says_something) return;
    report(host.entry, "",
           "endpoints of " + shown(host.host) + " are in " + host.localities_text() +
               ", and requests do not move from one to another when its servers are dead: " + without_detection(host) +
               "; " + kCreate);
  });
}

void find_low_ejection_limits(const LintSubject& subject, const Report& report) {
  each_ejecting_host(subject.mesh, [&](const LocatedHost& host, const auto& detection) {
    const size_t endpoints = host.entry.endpoints.size();
    const size_t needed = std::max<size_t>(host.is_in_several() ? largest(host) : 1, 1);
    const size_t allowed = most_ejected(detection, endpoints);
    if (endpoints < 2 || allowed >= needed) return;
    const auto& percent = detection.max_ejection_percent;
    report(*host.rule, host.settings->pointer + kDetection + "/maxEjectionPercent",
           (percent.value_or(0) > 0 ? "found " + std::to_string(*percent) : "Istio's default is 10") +
               ", expected 100: of the " + std::to_string(endpoints) + " endpoints of " + shown(host.host) + ", " +
               (allowed == 0 ? "none is ever ejected"
                             : "no more than " + std::to_string(allowed) + " are ejected at once") +
               (needed > 1 ? ", and a locality has " + std::to_string(needed) : ""));
  });
}

void find_ejections_by_errors(const LintSubject& subject, const Report& report) {
  each_ejecting_host(subject.mesh, [&](const LocatedHost& host, const auto& detection) {
    if (!ejects_clusters(host, detection) || detection.server_errors == 0 || !may_carry_http(host)) return;
    report(*host.rule, host.settings->pointer + kDetection + "/consecutive5xxErrors",
           (detection.server_errors ? "found " + std::to_string(*detection.server_errors) : "Istio's default is 5") +
               ", expected 0, with consecutiveGatewayErrors: requests that the application of " + shown(host.host) +
               " answers with 500 eject one cluster after the other");
  });
}

void find_ejections_of_all(const LintSubject& subject, const Report& report) {
  each_ejecting_host(subject.mesh, [&](const LocatedHost& host, const auto& detection) {
    const size_t endpoints = host.entry.endpoints.size();
    const bool keeps_some =
        detection.min_health_percent.value_or(0) > 0 || most_ejected(detection, endpoints) < endpoints;
    if (!ejects_clusters(host, detection) || keeps_some) return;
    report(*host.rule, host.settings->pointer + kDetection + "/minHealthPercent",
           (detection.min_health_percent ? "found " + std::to_string(*detection.min_health_percent)
                                         : "Istio's default is 0") +
               ", expected 1: with all endpoints of " + shown(host.host) +
               " ejected, every request is answered 503, though servers may live");
  });
}

void find_retries_that_stay(const LintSubject& subject, const Report& report) {
  constexpr const char* kWhatToDo = "; retries {attempts: 2, retryRemoteLocalities: true} go elsewhere";
  for (const VirtualService& service : subject.mesh.routes()) {
    for (const HttpRoute& route : service.http) {
      if (go_elsewhere(route)) continue;
      const auto to = std::ranges::find_if(route.to, [&](const VirtualService::To& each) {
        return each.weight != 0 && fails_over(subject.mesh, each.destination);
      });
      if (to == route.to.end() || (!route.retries && are_delegated(subject.mesh, service))) continue;
      report(service, route.pointer + "/retries",
             shown(to->destination.host) +
                 " fails over, and requests that fail until then do not: " + why_they_stay(route) + kWhatToDo);
    }
  }
  if (!subject.mesh.live()) return;  // its route may be in another file
  each_located_host(subject.mesh, [&](const LocatedHost& host) {
    const std::string name = canonical_host(host.host);
    if (!fails_over(subject.mesh, {name, {}, ""}) || is_routed(subject.mesh, name)) return;
    report(host.entry, "",
           shown(name) +
               " fails over, and requests that fail until then do not: it has no VirtualService, and Istio's " +
               "own retries are for the locality that was tried" + kWhatToDo);
  });
}

}  // namespace meshdns
