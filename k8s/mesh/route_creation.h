#pragma once

// A route more, or one less: a VirtualService of its own, or a change of the one that the host has. Sidecars follow one VirtualService for a
// host, so there is never a second.
//
// Pure functions. Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#VirtualService

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/destination.h"
#include "k8s/mesh/route_match.h"
#include "k8s/mesh/route_weights.h"
#include "k8s/mesh/virtual_service.h"
#include "zone/result.h"

namespace meshdns {

/// What is to be routed where.
struct NewRoute {
  std::string host;                     // in full
  RouteMatch match;                     // of a uri, or any
  std::vector<WeightedDestination> to;  // hosts in full
};

/// Where it stands in a VirtualService of its own.
inline constexpr const char* kFirstRoute = "/spec/http/0";

/// JSON Pointers of the destinations that are to get requests, of a route that stands at `pointer`.
std::vector<std::string> asked_of(const std::string& pointer, const NewRoute& route);

/// The route's destinations, as a command writes them: the only one gets all.
std::vector<WeightedDestination> weighted(const VirtualService::HttpRoute& route);

/// What --match is for those requests; nothing: they cannot be said.
std::optional<RouteMatch> match_of(const VirtualService::HttpRoute& route);

/// Where the host's VirtualService belongs by the host alone: NAME in NAMESPACE for NAME.NAMESPACE.svc.cluster.local, NAME-NAMESPACE in
/// NAMESPACE for NAME.NAMESPACE.ZONE, else a name of all labels. `name_space`: where it is known, else empty; `fallback`: where the host
/// tells of none.
ObjectIdentity route_object(const std::string& host, const std::string& name_space, const std::string& fallback);

/// With another name where its own is taken, as by a route of gateways: whether that is, too, is left to be seen.
ObjectIdentity named_apart(ObjectIdentity identity, const std::function<bool(const ObjectIdentity&)>& is_taken);

/// The whole object. Where the route is for some requests only, the others go to the host as before: without a route of their own they would get
/// 404.
std::string virtual_service_json(const ObjectIdentity& identity, const std::string& api_version, const NewRoute& route);

/// With the route in front of those that would take its requests, the host itself among them; no change where it is there as asked for. The error: there is one for the same
/// requests that sends them elsewhere. `json`: what `service` was read from.
Result<RouteChange> add_route(std::string_view json, const VirtualService& service, const NewRoute& route,
                              const std::string& where);

/// Without the route that the match means; nothing where there is none. `after` is empty where nothing worth keeping is left of an object that we
/// made. The error: several fit, or it is the only one of an object that others made.
Result<std::optional<RouteChange>> remove_route(std::string_view json, const VirtualService& service,
                                                const RouteMatch& match, const std::string& command);

}  // namespace meshdns
