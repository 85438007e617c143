#pragma once

// What a sidecar counts of some clusters' endpoints, page after page, as failover_timeline() takes it: since the first page, and growing alone.
//
// An endpoint that goes and comes, or counts anew, keeps what it had. What it counted between the last page and its end is not known.

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "k8s/mesh/envoy_endpoints.h"
#include "k8s/mesh/failover_timeline.h"

namespace meshdns {

/// Who makes the attempts that a sidecar counts.
enum class CountedBy : uint8_t { kRequest, kConnection };

class FailoverSamples {
 public:
  /// One is a whole cluster where this program made it; each takes room in every sample.
  static constexpr size_t kMostEndpoints = 256;

  explicit FailoverSamples(CountedBy counted) : counted_(counted) {}

  /// `endpoints`: of one page. Those beyond kMostEndpoints are left out.
  void add(const std::vector<EnvoyEndpoint>& endpoints, std::chrono::milliseconds asked,
           std::chrono::milliseconds told);

  const std::vector<FailoverEndpoint>& endpoints() const { return endpoints_; }
  const std::vector<FailoverSample>& samples() const { return samples_; }
  bool too_many() const { return too_many_; }

 private:
  struct Known {
    size_t number;
    EndpointState page;   // as the last page had it
    EndpointState grown;  // since the first
  };

  EndpointState state_of(const EnvoyEndpoint& endpoint) const;
  Known* known(const EnvoyEndpoint& endpoint, const EndpointState& state);

  const CountedBy counted_;
  std::vector<FailoverEndpoint> endpoints_;
  std::vector<FailoverSample> samples_;
  bool too_many_ = false;
  std::map<std::pair<std::string, std::string>, Known> known_;  // by cluster and address
};

}  // namespace meshdns
