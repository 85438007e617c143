#pragma once

// The retries of a host that fails over, as its VirtualService has them, in JSON: a new one, or the one that is there with these retries in
// the http routes that send to the host. TCP and TLS have none: what is no HTTP is not sent again.
//
// Pure functions. Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry

#include <string>
#include <string_view>

#include "k8s/mesh/failover_wish.h"
#include "k8s/mesh/mesh_entry.h"
#include "k8s/mesh/object_identity.h"
#include "k8s/mesh/virtual_service.h"

namespace meshdns {

/// What a port's protocol makes of its connections; where it says none, sidecars look at the traffic, and both may be.
bool may_carry_http(const MeshEntry::Port& port);
bool may_carry_streams(const MeshEntry::Port& port);

/// A whole object, one http route for each HTTP port; there must be one. `api_version`: "networking.istio.io/v1"
std::string failover_route(const FailoverWish& wish, const MeshEntry& entry, const ObjectIdentity& identity,
                           const std::string& api_version);

/// Whether http routes of it send to the host; one without http routes is to get them.
bool may_have_retries(const MeshHost& host, const VirtualService& service);

/// `json`, which `service` was read from, with the retries.
std::string with_retries(const FailoverWish& wish, const MeshEntry& entry, std::string_view json,
                         const VirtualService& service);

/// Whether routes that send to the host have retries, whichever.
bool has_retries(const MeshHost& host, const VirtualService& service);

/// `json` without retries that go to other localities, in routes that send to the host; empty: nothing is left of an object that we made.
std::string without_retries(const MeshHost& host, std::string_view json, const VirtualService& service);

}  // namespace meshdns
