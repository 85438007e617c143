#pragma once

// The version of Istio's control plane, as far as routes depend on it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshdns {

struct IstioVersion {
  uint32_t major;
  uint32_t minor;

  std::string text() const { return std::to_string(major) + "." + std::to_string(minor); }

  /// Whether its validation demands of several http destinations that their weights sum to exactly 100, and of each to be at most that:
  /// up to 1.14 (https://github.com/istio/istio/pull/39544).
  bool demands_100() const;
  auto operator<=>(const IstioVersion&) const = default;
};

/// By the tag of istiod's image: "docker.io/istio/pilot:1.12.3-distroless". Nothing: the tag is no version, as of a build of one's own.
std::optional<IstioVersion> istio_version_of(std::string_view image);

}  // namespace meshdns
