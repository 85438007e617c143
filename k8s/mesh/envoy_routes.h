#pragma once

// Where a sidecar's own routes send a request, as its admin endpoint /config_dump has them. Pure functions.
//
// Source: https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--config-dump, and Istio's names: a route configuration is called PORT, or
// HOST:PORT where the port's protocol is detected.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/api/url.h"
#include "zone/result.h"

namespace meshdns {

struct EnvoyRoute {
  struct Cluster {
    std::string name;
    int64_t weight;  // of a single one: 1
    bool operator==(const Cluster&) const = default;
  };

  std::string name;  // "route /headers of a.bar.global:8000 (VirtualService bar/x)"
  std::vector<Cluster> clusters;
  std::string hashed;  // what decides in place of chance: "hash policy on header user"; empty: nothing

  bool operator==(const EnvoyRoute&) const = default;
};

/// Of /config_dump?resource=dynamic_route_configs. Nothing: there is no virtual host for the URL's. The error: there is one, but it sends the request
/// nowhere, or where cannot be told.
Result<std::optional<EnvoyRoute>> find_envoy_route(std::string_view config_dump, const WebUrl& url);

/// The names of the route configurations that a request to that port may follow, as an expression for /config_dump's name_regex.
std::string route_config_names(uint16_t port);

/// Of /config_dump?resource=dynamic_active_clusters: those of `names` whose endpoints are chosen by consistent hashing.
std::vector<std::string> hashing_clusters(std::string_view config_dump, const std::vector<std::string>& names);

}  // namespace meshdns
