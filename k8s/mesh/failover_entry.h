#pragma once

// The ServiceEntry of a host that fails over: where its endpoints are, and whether there is somewhere to fail over to.
//
//   ServiceEntry a.bar.global ─┬─ endpoint 10.96.0.7     region1/zone1   its own cluster's Service
//                              └─ endpoint 172.25.55.50  region2/zone1   the other cluster's gateway
//
// Pure functions. Source: https://istio.io/latest/docs/reference/config/networking/workload-entry/#WorkloadEntry-locality

#include <optional>
#include <string>
#include <vector>

#include "k8s/mesh/failover_wish.h"
#include "k8s/mesh/mesh_entry.h"
#include "zone/result.h"

namespace meshdns {

/// As ADDRESS=LOCALITY and --endpoint write an endpoint's address.
std::string canonical_address(const std::string& address);

/// The addresses of endpoints that do not say where they are.
std::vector<std::string> unlocated(const MeshEntry& entry);

/// `existing`, an entry, with those of the localities, which are by address, that are its endpoints'.
Result<std::string> failover_entry(const TextMap& localities, const std::string& existing);

/// A locality of an address that none of the entries has: each cluster has its own.
std::optional<Error> check_addresses(const TextMap& localities, const std::vector<MeshEntry>& entries);

/// A locality of the entry's where none of the nodes is.
std::optional<Error> check_nodes(const MeshEntry& entry, const std::vector<std::string>& node_localities);

/// Why nothing would fail over, or the shares do not fit the endpoints; nothing: it works. `entry`: with its localities. `create`: the
/// command that makes an entry with an endpoint for each cluster.
std::optional<Error> check_failover(const FailoverWish& wish, const MeshEntry& entry, const std::string& create);

}  // namespace meshdns
