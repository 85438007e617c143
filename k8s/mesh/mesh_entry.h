#pragma once

// Istio's ServiceEntry as the mesh reads it: more than DNS does (k8s/istio/service_entry.h), and with every field in its place. A plain
// value; what it does not name is passed over.
//
// Source: https://istio.io/latest/docs/reference/config/networking/service-entry/. Versions v1, v1beta1 and v1alpha3 have one schema.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "k8s/mesh/gateway_sni.h"
#include "k8s/mesh/object_identity.h"
#include "zone/result.h"

namespace meshdns {

inline constexpr const char* kMeshInternal = "MESH_INTERNAL";
/// An endpoint's label.
inline constexpr const char* kTlsMode = "security.istio.io/tlsMode";

struct MeshEntry : ObjectIdentity {
  struct Port {
    std::string name;
    uint16_t number = 0;
    std::string protocol;                 // as written: "http", "TCP"; empty: TCP
    std::optional<uint16_t> target_port;  // of the endpoints that do not name one
    bool operator==(const Port&) const = default;
  };

  struct Endpoint {
    std::string pointer;  // "/spec/endpoints/0"
    std::string address;  // an IP address, a host name, unix:///…; empty: of its network's gateway
    std::vector<std::pair<std::string, uint16_t>> ports;  // by the port's name, its number here
    std::string locality;                                 // "region/zone/subzone"
    std::string network;
    std::optional<int64_t> weight;
    TextMap labels;
    std::string service_account;

    /// The number of the entry's port here.
    uint16_t number_of(const Port& port) const;

    bool is_gateway_for(const Port& port) const { return number_of(port) == kGatewayPort; }
    bool operator==(const Endpoint&) const = default;
  };

  /// What istiod allocated.
  struct Allocated {
    std::string address;
    std::string host;  // empty: for all
    bool operator==(const Allocated&) const = default;
  };

  std::vector<std::string> hosts;      // as written
  std::vector<std::string> addresses;  // as written
  std::vector<Port> ports;
  std::vector<Endpoint> endpoints;
  std::string location;    // "MESH_EXTERNAL" where it says none
  std::string resolution;  // "NONE" where it says none
  std::vector<std::string> export_to;
  std::vector<std::string> subject_alt_names;
  TextMap workload_selector;
  std::vector<Allocated> allocated;  // status.addresses

  const Port* port(uint16_t number) const;
  const Port* port(std::string_view name) const;

  /// Whether one of the ports is a gateway's there.
  bool is_gateway(const Endpoint& endpoint) const;

  /// Whether sidecars use mTLS to it without a DestinationRule that says so: Istio's automatic mTLS, which ends at the mesh's edge.
  bool has_automatic_mtls(const Endpoint& endpoint) const;
  bool operator==(const MeshEntry&) const = default;
};

/// `name_space`: of an object that says none. The error names the field, what was found and what was expected.
Result<MeshEntry> parse_mesh_entry(std::string_view json, std::string_view name_space = "default");

}  // namespace meshdns
