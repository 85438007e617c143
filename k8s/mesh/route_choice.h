#pragma once

// What a command means by a host, a match and a destination: which VirtualService, which of its http routes, which destination there. Where
// several fit, none is taken: the error lists them.
//
// Pure functions. Whether an error is the command line's or the cluster's, who calls knows.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "k8s/mesh/destination.h"
#include "k8s/mesh/route_match.h"
#include "k8s/mesh/virtual_service.h"
#include "zone/result.h"

namespace meshdns {

/// "VirtualService bar/x", with the place where it has one.
std::string named(const ObjectIdentity& object);

/// "the route for prefix=/headers of VirtualService bar/x"
std::string named(const VirtualService& service, const VirtualService::HttpRoute& route);

/// Those that have the host, the oldest first: of sidecars; where there are none, of gateways. `host`: canonical.
std::vector<const VirtualService*> services_for(std::span<const VirtualService> services, const std::string& host);

/// The only one. Null: there is none.
Result<const VirtualService*> service_for(std::span<const VirtualService> services, const std::string& host);

/// The same, of those alone that sidecars follow.
Result<const VirtualService*> sidecar_service_for(std::span<const VirtualService> services, const std::string& host);

/// Why the host may have none of its own: a wildcard above it has one, which would not route the host any more.
std::optional<Error> routed_by_wildcard(std::span<const VirtualService> services, const std::string& host);

/// Why there is none: what is nearest.
Error no_service_for(std::span<const VirtualService> services, const std::string& host);

/// The http routes that the match means: by its uri, those without other conditions where there are any; without one, the only route, else
/// the first catch-all. As indices.
std::vector<size_t> routes_for(const VirtualService& service, const RouteMatch& match);

/// The only one, which has destinations. `command`: as it was given, up to --match.
Result<size_t> route_for(const VirtualService& service, const RouteMatch& match, const std::string& command);

/// The destination's index in the route. A port or subset that is not asked for may be any, none at best.
Result<size_t> destination_in(const VirtualService& service, const VirtualService::HttpRoute& route,
                              const Destination& destination);

/// What a change of the route changes besides: for other hosts, and for other requests than the match says.
std::vector<std::string> also_changed(const VirtualService& service, const VirtualService::HttpRoute& route,
                                      const std::string& host);

/// The destination as an object of that namespace means it.
Destination in_full(const Destination& destination, const std::string& name_space);

}  // namespace meshdns
