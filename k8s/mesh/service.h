#pragma once

// A Service of Kubernetes, as far as the mesh is concerned with it. A plain value; what it does not name is passed over.
//
// Source: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/object_identity.h"
#include "zone/result.h"

namespace meshdns {

struct Service : ObjectIdentity {
  struct Port {
    std::string name;  // may be empty where there is one port alone
    uint16_t number = 0;
    std::string protocol;      // "TCP" where it says none
    std::string app_protocol;  // "http"; empty: Istio goes by the name's first part
    std::string target_port;   // a number, or the name of a container's port; empty: the number
    std::optional<uint16_t> node_port{};
    bool operator==(const Port&) const = default;
  };

  std::string type;                    // "ClusterIP" where it says none
  std::vector<std::string> addresses;  // clusterIPs; without those, clusterIP; "None" is among them
  std::vector<std::string> external_ips;
  std::vector<std::string> load_balancer;  // of status: IP addresses and host names
  std::vector<Port> ports;
  TextMap selector;

  /// "a.bar.svc.cluster.local"
  std::string host() const;
  const Port* port(uint16_t number) const;
  bool operator==(const Service&) const = default;
};

/// What Istio takes the port for, in lower case: "http", "http2", "grpc", "tcp" …; empty: it looks at the traffic.
/// https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
std::string mesh_protocol(const Service::Port& port);

/// `name_space`: of an object that says none. The error names the field, what was found and what was expected.
Result<Service> parse_service(std::string_view json, std::string_view name_space = "default");

}  // namespace meshdns
