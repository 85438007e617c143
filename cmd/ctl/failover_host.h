#pragma once

// What a cluster has for a host that is to fail over, or does.
//
// Every function may end the command (stop.h).

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cmd/ctl/entry_clusters.h"
#include "cmd/ctl/mesh_cluster.h"
#include "cmd/ctl/mesh_views.h"
#include "cmd/ctl/object_plan.h"
#include "k8s/istio/manifest.h"
#include "k8s/mesh/entry_wish.h"
#include "k8s/mesh/object_identity.h"
#include "k8s/mesh/virtual_service.h"

namespace meshdns {

struct FailoverHost {
  HostObjects objects;                 // its entry and its rule
  MeshViews<VirtualService> services;  // all of the cluster's
  std::optional<size_t> route;         // which of them sidecars follow for the host
  std::vector<std::string> notes;

  const LiveObject* route_object() const { return route ? &services.objects[*route] : nullptr; }
};

/// Stops with kRefused where several objects are for the host.
FailoverHost read_failover_host(MeshCluster& cluster, const MeshHost& host);

/// Whether two texts are the same JSON.
bool says_the_same(const std::string& one, const std::string& other);

/// What there is to say of a VirtualService that sends all of the host's requests elsewhere.
std::string not_retried(const VirtualService& service, const MeshHost& host);

/// What lint finds in the host's objects as they are to be, and did not find before: stops with kRefused where one of them would not work; the
/// others are notes. `before`: the cluster's Services, ServiceEntries, DestinationRules and VirtualServices; `after`: those that change.
std::vector<std::string> judge_failover(const std::vector<ManifestObject>& before,
                                        const std::vector<ManifestObject>& after, bool live, int code,
                                        const std::string& where);

}  // namespace meshdns
