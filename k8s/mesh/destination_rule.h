#pragma once

// Istio's DestinationRule, as far as meshdnsctl judges it. A plain value; what it does not name is passed over.
//
// Source: https://istio.io/latest/docs/reference/config/networking/destination-rule/. Versions v1, v1beta1 and v1alpha3 have one schema.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "k8s/mesh/object_identity.h"
#include "zone/result.h"

namespace meshdns {

struct DestinationRule : ObjectIdentity {
  /// When sidecars eject an endpoint, and for how long. What is absent is the default of Istio, or of Envoy.
  struct OutlierDetection {
    std::optional<int64_t> gateway_errors;  // consecutive ones, 502, 503 and 504; 0 and absent: they do not count
    std::optional<int64_t> server_errors;   // consecutive5xxErrors, those included; 0: they do not count; absent: 5
    std::optional<std::chrono::milliseconds> interval;            // 10 s
    std::optional<std::chrono::milliseconds> base_ejection_time;  // 30 s, times how often it was ejected
    std::optional<int64_t> max_ejection_percent;                  // 10, as 0 is
    bool split_local_errors = false;                              // connections that fail count by themselves
    std::optional<int64_t> min_health_percent;                    // 0: with all ejected, nobody is asked
    bool operator==(const OutlierDetection&) const = default;
  };

  /// localityLbSetting: which endpoints are for the clients of which locality.
  struct LocalityLb {
    struct Distribute {
      std::string pointer;
      std::string from;                                 // a locality of clients, with * at its end; "*": all
      std::vector<std::pair<std::string, int64_t>> to;  // localities of endpoints, and their shares
      bool operator==(const Distribute&) const = default;
    };

    /// Between regions.
    struct Failover {
      std::string pointer;
      std::string from;
      std::string to;
      bool operator==(const Failover&) const = default;
    };

    bool enabled = true;
    std::vector<Distribute> distribute;
    std::vector<Failover> failover;
    std::vector<std::string> failover_priority;  // of labels
    bool operator==(const LocalityLb&) const = default;
  };

  /// What holds for the connections to one port, or to all.
  struct Settings {
    std::string pointer;   // "/spec/trafficPolicy"
    std::string tls_mode;  // "ISTIO_MUTUAL"; empty: tls is absent
    std::string sni;
    std::optional<OutlierDetection> outlier_detection;  // nothing: no endpoint is ever ejected
    bool consistent_hash = false;                       // of the loadBalancer: weights do not say what a client gets
    std::optional<LocalityLb> locality_lb;              // nothing: the mesh's, which is on where endpoints are ejected
    std::optional<std::chrono::milliseconds> connect_timeout;  // 10 s
    bool operator==(const Settings&) const = default;
  };

  /// An item of portLevelSettings. It inherits nothing: what it leaves out is Istio's default.
  struct PortSettings : Settings {
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
