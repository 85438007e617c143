#pragma once

// Istio's ServiceEntry, as far as DNS reads it, and the one parser that makes it from JSON, whatever the source.
//
// Source: istio.io/docs/reference/config/networking/service-entry. Versions v1, v1beta1 and v1alpha3 have one schema.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zone/publication.h"
#include "zone/result.h"

namespace meshdns {

/// A plain value. Its texts are as the object spells them: the publisher judges hosts and addresses.
struct ServiceEntry {
  /// An address that istiod allocated.
  struct StatusAddress {
    std::string value;
    std::string host;  // empty: for every host of the object
    bool operator==(const StatusAddress&) const = default;
  };

  /// By a port's name, its number at an endpoint.
  using PortMap = std::vector<std::pair<std::string, int64_t>>;

  struct Endpoint {
    std::string address;
    PortMap ports;
    bool operator==(const Endpoint&) const = default;
  };

  std::string name_space;  // metadata.namespace, "default" where there is none
  std::string name;
  int64_t created = 0;             // metadata.creationTimestamp, Unix seconds; 0: none
  std::vector<std::string> hosts;  // empty: the object is unusable, or no host is a text; `skipped` says which
  std::vector<std::string> addresses;
  std::vector<Port> ports;  // the valid ones
  PortMap target_ports;     // targetPort, of those that have one
  std::vector<Endpoint> endpoints;
  std::string resolution;  // "" is NONE
  std::vector<std::string> export_to;
  std::vector<StatusAddress> status_addresses;
  std::vector<Skipped> skipped;  // what the parser left out, and why

  std::string object() const { return name_space + "/" + name; }
  bool operator==(const ServiceEntry&) const = default;
};

/// Istio's limits: a list that is longer makes the object unusable.
inline constexpr size_t kMaxHosts = 256;
inline constexpr size_t kMaxAddresses = 256;
inline constexpr size_t kMaxPorts = 256;
inline constexpr size_t kMaxEndpoints = 4096;

/// Reads one object. Unknown fields are passed over; null is as good as absent.
///  - A list's item of the wrong type or shape costs that item; `skipped` says so.
///  - A wrong type of a field of spec, no host or more items than the limits: only the identity and one Skipped
///    (kInvalidObject) are returned. A wrong exportTo is among these: what is not understood must not become public.
///  - In status, whatever is wrong is passed over in silence: it has no schema.
///  - Not JSON (UTF-8, at most 10,000 levels: what the API server takes), or no usable metadata.name and namespace: an
///    error.
Result<ServiceEntry> parse_service_entry(std::string_view json);

/// `text` as it can stand in a log or an answer: at most 253 characters, what is not printable ASCII replaced by '?'.
std::string shown(std::string_view text);

}  // namespace meshdns
