#pragma once

// The Gateway API's HTTPRoute, as far as it takes a host's requests from a VirtualService: whose it is. A plain value; what it does not name is
// passed over.
//
// Source: https://gateway-api.sigs.k8s.io/mesh/ (GAMMA); https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/#mesh-traffic

#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/object_identity.h"
#include "zone/result.h"

namespace meshdns {

struct HttpRoute : ObjectIdentity {
  /// What it is attached to: a Gateway, or in a mesh a Service, a ServiceEntry, or Istio's Hostname.
  struct Parent {
    std::string group;
    std::string kind;
    std::string name_space;
    std::string name;
    bool operator==(const Parent&) const = default;
  };

  std::vector<Parent> parents;
  bool operator==(const HttpRoute&) const = default;
};

/// `name_space`: of an object that says none. The error names the field, what was found and what was expected.
Result<HttpRoute> parse_http_route(std::string_view json, std::string_view name_space = "default");

}  // namespace meshdns
