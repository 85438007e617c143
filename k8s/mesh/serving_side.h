#pragma once

// What the cluster that serves a service has, as far as others need it to call that service through its gateway. Plain values, pure
// functions.
//
//   client's sidecar ──mTLS, SNI outbound_.PORT_._.HOST──▶ gateway:15443 (AUTO_PASSTHROUGH, hosts match HOST) ──▶ the servers' sidecars
//
// Source: https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/entry_wish.h"
#include "k8s/mesh/gateway.h"
#include "k8s/mesh/service.h"
#include "k8s/mesh/serving_pods.h"
#include "zone/result.h"

namespace meshdns {

struct ServingNode {
  std::string name;
  TextMap labels;
  std::vector<std::string> external;  // addresses
  std::vector<std::string> internal;
};

/// The error: `json` is no Node.
Result<ServingNode> parse_serving_node(std::string_view json);

/// What was found, and what the user should know of it.
template <class T>
struct Noted {
  T value;
  std::vector<std::string> notes;
};

/// The ports of a Service as an entry has them. UDP, which sidecars do not carry, is left out; what says no protocol is TCP. The error: there
/// are none, or nothing is behind the Service.
Result<Noted<std::vector<EntryPort>>> serving_ports(const Service& service);

/// Where the cluster's own clients reach it: its ClusterIP; of a headless Service, the name by which DNS has its pods. The error: nowhere.
Result<EntryEndpoint> own_endpoint(const Service& service, const ServingPods& pods);

/// Nothing: all of the entry's ports are among those of the Service, with the same protocols. `first`: whose ports the entry has.
std::optional<Error> check_same_ports(const std::vector<EntryPort>& ports, const Service& first,
                                      const std::vector<EntryPort>& served, const Service& service);

/// The Gateways that pass mTLS for that host on. The error: none does, with what is missing.
Result<std::vector<Gateway>> passing_gateways(const std::vector<Gateway>& gateways, const std::string& host);

/// Where others reach one of the gateways: its Service's external addresses and port, else its nodes'. The error: nowhere.
Result<Noted<std::vector<EntryEndpoint>>> gateway_endpoints(const std::vector<Gateway>& gateways,
                                                            const std::vector<Service>& services,
                                                            const std::vector<ServingNode>& nodes);

/// "region/zone/subzone", as far as all of the nodes have it in common; empty: nothing.
std::string common_locality(const std::vector<ServingNode>& nodes);

/// The same of those that have these names.
std::string common_locality(const std::vector<ServingNode>& nodes, const std::set<std::string>& names);

}  // namespace meshdns
