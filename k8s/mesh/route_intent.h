#pragma once

// What is to become of the requests to a URL, by the objects of a cluster: where no sidecar says it. Pure functions.

#include <span>
#include <string>
#include <vector>

#include "k8s/api/url.h"
#include "k8s/mesh/destination_rule.h"
#include "k8s/mesh/route_verdict.h"
#include "k8s/mesh/virtual_service.h"
#include "zone/result.h"

namespace meshdns {

struct RouteIntent {
  std::vector<RouteShare> shares;
  std::string source;  // "the route for prefix=/headers of VirtualService bar/x"
  std::string hashed;  // what decides in place of chance; empty: nothing
};

/// By the oldest VirtualService that has the URL's host, which may be short, and its first route that fits. `name_space`: of the clients. The error
/// says what there is instead.
Result<RouteIntent> route_intent(std::span<const VirtualService> services, std::span<const DestinationRule> rules,
                                 const WebUrl& url, const std::string& name_space);

}  // namespace meshdns
