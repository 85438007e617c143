#pragma once

// A cluster of clusters/, asked as an API server is: its objects by the paths that they have there.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "k8s/stub/observed_dns.h"

namespace meshdns {

class ClusterFixture {
 public:
  /// clusters/NAME.yaml; throws where it is none.
  explicit ClusterFixture(const std::string& name);

  ObservedAnswer get(const std::string& path) const;

  /// What answers 403: paths that contain this.
  std::string forbidden;

  std::vector<nlohmann::json> objects;
};

/// The names of all of them.
std::vector<std::string> cluster_fixtures();

/// What is observed of it; the test fails where nothing is.
ObservedDns observed(const ClusterFixture& cluster);

}  // namespace meshdns
