#pragma once

// Istio's Gateway, as far as meshdnsctl judges it. A plain value; what it does not name is passed over.
//
// Source: https://istio.io/latest/docs/reference/config/networking/gateway/. Versions v1, v1beta1 and v1alpha3 have one schema.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/object_identity.h"
#include "zone/result.h"

namespace meshdns {

struct Gateway : ObjectIdentity {
  struct Server {
    uint16_t port = 0;
    std::string protocol;            // as written: "TLS"
    std::string tls_mode;            // "AUTO_PASSTHROUGH"; empty: no tls
    std::vector<std::string> hosts;  // as written: "*.local", "bar/*.global"

    /// Whether one of its hosts, without a namespace in front, is the host or a wildcard above it.
    bool serves(std::string_view host) const;
    bool operator==(const Server&) const = default;
  };

  TextMap selector;  // of the pods that are this gateway
  std::vector<Server> servers;

  bool operator==(const Gateway&) const = default;
};

/// `name_space`: of an object that says none. The error names the field, what was found and what was expected.
Result<Gateway> parse_gateway(std::string_view json, std::string_view name_space = "default");

}  // namespace meshdns
