#pragma once

// The cluster's own names, which no stub domain may take away. Pure functions.

#include <optional>
#include <vector>

#include "k8s/stub/corefile.h"
#include "k8s/stub/stub_domain.h"
#include "zone/name.h"
#include "zone/result.h"

namespace meshdns {

/// The zones that the plugin kubernetes answers, but for reverse ones: "cluster.local".
std::vector<Name> cluster_domains(const Corefile& corefile);

/// Why `zone` must not be delegated in a cluster of these domains.
std::optional<Error> clash_with_cluster(const Name& zone, const std::vector<Name>& domains);

}  // namespace meshdns
