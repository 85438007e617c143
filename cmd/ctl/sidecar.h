#pragma once

// The sidecar of the pod that this program runs in, by the admin endpoints that Envoy has on loopback.
//
// Source: https://www.envoyproxy.io/docs/envoy/latest/operations/admin

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "k8s/api/url.h"
#include "k8s/mesh/envoy_clusters.h"
#include "k8s/mesh/envoy_routes.h"
#include "zone/result.h"

namespace meshdns {

inline constexpr const char* kSidecar = "http://127.0.0.1:15000";

/// Of a page about all endpoints that the mesh shows the pod, each 1.3 KiB.
inline constexpr size_t kLargestSidecarPage = 64 << 20;

class Sidecar {
 public:
  /// `base`: the endpoints' URL, without a path.
  explicit Sidecar(std::string base) : base_(std::move(base)) {}

  /// The error: why there is no sidecar.
  Result<EndpointCounts> counts() const;

  /// See find_envoy_route().
  Result<std::optional<EnvoyRoute>> route(const WebUrl& url) const;

  /// See hashing_clusters().
  Result<std::vector<std::string>> hashing(const std::vector<std::string>& clusters) const;

  /// The page for parse_envoy_endpoints(): of these clusters, where the sidecar can select.
  std::string endpoints_url(const std::vector<std::string>& clusters) const;
  Result<std::string> endpoints(const std::vector<std::string>& clusters) const;

  const std::string& base() const { return base_; }

 private:
  Result<std::string> get(const std::string& target) const;

  std::string base_;
};

/// The flag's value as Sidecar takes it. The error: it is no URL on loopback.
Result<std::string> parse_sidecar(const std::string& text);

}  // namespace meshdns
