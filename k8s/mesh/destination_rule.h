#pragma once

// Istio's DestinationRule, as far as meshdnsctl judges it. A plain value; what it does not name is passed over.
//
// Source: https://istio.io/latest/docs/reference/config/networking/destination-rule/. Versions v1, v1beta1 and v1alpha3 have one schema.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/object_identity.h"
#include "zone/result.h"

namespace meshdns {

struct DestinationRule : ObjectIdentity {
  /// What holds for the connections to one port, or to all.
  struct Settings {
    std::string tls_mode;  // "ISTIO_MUTUAL"; empty: tls is absent
    std::string sni;
    bool outlier_detection = false;
    bool consistent_hash = false;   // of the loadBalancer: weights do not say what a client gets
    bool locality_setting = false;  // localityLbSetting
    bool operator==(const Settings&) const = default;
  };

  /// An item of portLevelSettings. It inherits nothing: what it leaves out is Istio's default.
  struct PortSettings : Settings {
    std::string pointer;
    uint16_t port = 0;
    bool operator==(const PortSettings&) const = default;
  };

  struct TrafficPolicy : Settings {
    std::vector<PortSettings> ports;

    /// Those of the port, else the policy's own.
    const Settings& of_port(uint16_t port) const;
    bool operator==(const TrafficPolicy&) const = default;
  };

  struct Subset {
    std::string name;
    TextMap labels;
    std::optional<TrafficPolicy> policy;  // nothing: the rule's
    bool operator==(const Subset&) const = default;
  };

  std::string host;  // in full
  std::vector<std::string> export_to;
  TextMap workload_selector;  // of the clients that it is for; empty: all
  TrafficPolicy policy;
  std::vector<Subset> subsets;

  const Subset* subset(std::string_view name) const;
  bool operator==(const DestinationRule&) const = default;
};

/// `name_space`: of an object that says none. The error names the field, what was found and what was expected.
Result<DestinationRule> parse_destination_rule(std::string_view json, std::string_view name_space = "default");

}  // namespace meshdns
