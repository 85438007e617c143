#pragma once

// The API's JSON as observed objects. What is missing or of another type throws nlohmann's exceptions where nothing can be made of the
// object without it, and is empty elsewhere.

#include <nlohmann/json_fwd.hpp>

#include "k8s/stub/observed_dns.h"

namespace meshdns {

ObservedService observed_service(const nlohmann::json& object);
ObservedWorkload observed_workload(const nlohmann::json& object, const std::string& kind);
ObservedConfigMap observed_config_map(const nlohmann::json& object);
ObservedNode observed_node(const nlohmann::json& object);

/// The ready addresses of an EndpointSlice, or of Endpoints, which clusters before 1.21 have instead.
std::vector<DnsReplica> slice_replicas(const nlohmann::json& slice);
std::vector<DnsReplica> endpoints_replicas(const nlohmann::json& endpoints);

}  // namespace meshdns
