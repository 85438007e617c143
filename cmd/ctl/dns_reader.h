#pragma once

// What the cluster's DNS is made of, read of its API server.

#include <string>

#include "k8s/stub/observed_dns.h"
#include "zone/result.h"

namespace meshdns {

class Cluster;

/// observe_dns(), asked of `cluster`.
Result<ObservedDns> read_observed_dns(Cluster& cluster, const std::string& name_space);

}  // namespace meshdns
