#include "k8s/mesh/standing_failover.h"

#include <algorithm>
#include <array>

#include "k8s/mesh/destination.h"
#include "k8s/mesh/failover_losses.h"
#include "k8s/mesh/failover_route.h"
#include "k8s/mesh/lint_hosts.h"

namespace meshdns {
namespace {

using HttpRoute = VirtualService::HttpRoute;
using Settings = DestinationRule::Settings;

/// Whether requests for the port take the route to the host.
bool leads_to(const HttpRoute& route, const std::string& host, uint16_t port) {
  const bool is_for_others = !route.matches.empty() && std::ranges::all_of(route.matches, [&](const auto& match) {
    return match.port && match.port != port;
  });
  return std::ranges::any_of(route.to, [&](const VirtualService::To& to) {
    if (to.destination.host != host) return false;
    return to.destination.port ? to.destination.port == port : !is_for_others;
  });
}

std::vector<StandingFailover::Route> routes_to(const LintMesh& mesh, const std::string& host, uint16_t port) {
  std::vector<StandingFailover::Route> routes;
  for (const VirtualService& service : mesh.routes()) {
    for (const HttpRoute& route : service.http) {
      if (!leads_to(route, host, port)) continue;
      routes.push_back(
          {service.name_space + "/" + service.name, field_path(route.pointer), route.retries, route.timeout});
    }
  }
  return routes;
}

std::vector<StandingFailover::Endpoint> endpoints_of(const LocatedHost& host, LocalityMode mode) {
  std::vector<StandingFailover::Endpoint> endpoints;
  for (const MeshEntry::Endpoint& endpoint : host.entry.endpoints) {
    auto& at = endpoints.emplace_back(StandingFailover::Endpoint{endpoint.address, endpoint.locality, {}});
    if (mode != LocalityMode::kDistribute) continue;
    for (const auto& distribute : host.settings->locality_lb->distribute) {
      const auto to = std::ranges::find_if(
          distribute.to, [&](const auto& each) { return matches_locality(endpoint.locality, each.first); });
      at.shares.emplace_back(distribute.from, to == distribute.to.end() ? 0 : to->second);
    }
  }
  return endpoints;
}

/// Whether what a server may have seen is sent again.
bool is_repeated(const StandingFailover::Route& route) {
  if (!route.retries || route.retries->attempts <= 0) return false;
  return std::ranges::any_of(std::array{"gateway-error", "5xx", "reset"}, [&](const char* condition) {
    return route.retries->retry_on.find(condition) != std::string::npos;
  });
}

bool goes_elsewhere(const StandingFailover::Route& route) {
  return route.retries && route.retries->attempts > 0 && route.retries->remote_localities;
}

std::vector<std::string> losses_of(const StandingFailover& standing, const MeshEntry::Port& port) {
  const auto& detection = standing.detection;
  if (!detection || !ejects(*detection) || most_ejected(*detection, standing.endpoints.size()) == 0) {
    return {
        "requests do not move when the servers of a locality are dead, as no endpoint is ever ejected; meshdnsctl "
        "failover create changes that"};
  }
  const auto& routes = standing.routes;
  const auto have_timeout = [](const auto& route) { return route.retries && route.retries->per_try_timeout; };
  std::vector<std::string> losses =
      failover_losses({.http = may_carry_http(port),
                       .streams = may_carry_streams(port),
                       .repeatable = !routes.empty() && std::ranges::all_of(routes, is_repeated),
                       .per_try_timeout = !routes.empty() && std::ranges::all_of(routes, have_timeout),
                       .connect_timeout = standing.connect_timeout.has_value()});
  const bool go_elsewhere = !routes.empty() && std::ranges::all_of(routes, goes_elsewhere);
  if (standing.mode == LocalityMode::kFailover && may_carry_http(port) && !go_elsewhere) {
    losses.insert(losses.begin(),
                  "until an endpoint is ejected, requests that failed there are not tried elsewhere, for want of "
                  "retryRemoteLocalities; meshdnsctl failover create changes that");
  }
  return losses;
}

StandingFailover standing(const LintMesh& mesh, const LocatedHost& host, const MeshEntry::Port& port) {
  StandingFailover all;
  all.host = canonical_host(host.host);
  all.port = port.number;
  all.protocol = port.protocol;
  all.entry = host.entry;
  if (host.rule != nullptr) all.rule = host.rule->name_space + "/" + host.rule->name;
  all.mode = locality_mode(host.settings);
  all.endpoints = endpoints_of(host, all.mode);
  if (host.settings != nullptr) {
    all.detection = host.settings->outlier_detection;
    all.connect_timeout = host.settings->connect_timeout;
  }
  if (may_carry_http(port)) all.routes = routes_to(mesh, all.host, port.number);
  all.losses = losses_of(all, port);
  return all;
}

}  // namespace

std::vector<StandingFailover> standing_failovers(const LintMesh& mesh) {
  std::vector<StandingFailover> all;
  each_located_host(mesh, [&](const LocatedHost& host) {
    const bool has_setting = host.settings != nullptr && host.settings->locality_lb;
    if (!host.is_in_several() && !has_setting) return;
    for (const MeshEntry::Port* port : host.ports) all.push_back(standing(mesh, host, *port));
    if (host.ports.empty()) all.push_back(standing(mesh, host, MeshEntry::Port()));
  });
  return all;
}

}  // namespace meshdns
