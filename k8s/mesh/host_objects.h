#pragma once

// Which objects are for a host, among those that are there: a host that has one gets that one edited, never a second, as sidecars follow
// but the oldest. Pure functions; what they return are places in the list.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/destination_rule.h"
#include "k8s/mesh/entry_wish.h"
#include "k8s/mesh/mesh_entry.h"
#include "k8s/mesh/virtual_service.h"
#include "zone/address.h"
#include "zone/result.h"

namespace meshdns {

/// Nothing: there is none, those apart that are exported to other namespaces alone. The error: there are several, with their names.
Result<std::optional<size_t>> entry_of_host(const std::vector<MeshEntry>& entries, const MeshHost& host);

/// The rule that all clients follow: in the namespace of the host's entry, else in Istio's root namespace. Rules for some of the clients
/// (workloadSelector) do not count. The error: that namespace has several.
Result<std::optional<size_t>> rule_of_host(const std::vector<DestinationRule>& rules, const MeshHost& host,
                                           std::string_view entry_name_space);

/// Those that the clients of one namespace follow instead: "DestinationRule foo/x".
std::vector<std::string> rules_of_clients(const std::vector<DestinationRule>& rules, const MeshHost& host,
                                          std::string_view entry_name_space);

/// Why an entry is not changed or deleted for one host: it has others, too. Nothing: it has that one alone.
std::optional<Error> shared_entry(const MeshEntry& entry);

/// Its VIPs: what is no block of addresses.
std::vector<IpAddress> entry_vips(const MeshEntry& entry);

/// Where the VirtualService sends requests to the host, or copies of them: "spec.http[0].route[1]"; empty: nowhere.
std::string sends_to(const VirtualService& service, const MeshHost& host);

}  // namespace meshdns
