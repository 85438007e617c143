#include "k8s/mesh/failover_samples.h"

namespace meshdns {
namespace {

uint64_t growth(uint64_t before, uint64_t after) { return after < before ? after : after - before; }

}  // namespace

EndpointState FailoverSamples::state_of(const EnvoyEndpoint& endpoint) const {
  EndpointState state{.begun = endpoint.rq_total + endpoint.cx_connect_fail,
                      .answered = endpoint.rq_success,
                      .failed = endpoint.rq_error,
                      .ejected = endpoint.ejected};
  if (counted_ == CountedBy::kConnection) {
    state.answered = endpoint.rq_total;
    state.failed = endpoint.cx_connect_fail;
  }
  return state;
}

/// What a new one has counted came since the last page; of the first page's nothing is known.
FailoverSamples::Known* FailoverSamples::known(const EnvoyEndpoint& endpoint, const EndpointState& state) {
  const std::pair name(endpoint.cluster, endpoint.address);
  const auto found = known_.find(name);
  if (found != known_.end()) return &found->second;
  too_many_ |= endpoints_.size() == kMostEndpoints;
  if (endpoints_.size() == kMostEndpoints) return nullptr;
  endpoints_.push_back({endpoint.cluster, endpoint.address, endpoint.locality});
  const EndpointState before = samples_.empty() ? state : EndpointState{};
  return &known_.try_emplace(name, Known{endpoints_.size() - 1, before, {}}).first->second;
}

void FailoverSamples::add(const std::vector<EnvoyEndpoint>& endpoints, std::chrono::milliseconds asked,
                          std::chrono::milliseconds told) {
  for (auto& [name, known] : known_) known.grown.there = known.grown.ejected = false;
  for (const EnvoyEndpoint& endpoint : endpoints) {
    const EndpointState state = state_of(endpoint);
    Known* const known = this->known(endpoint, state);
    if (known == nullptr) continue;
    known->grown.begun += growth(known->page.begun, state.begun);
    known->grown.answered += growth(known->page.answered, state.answered);
    known->grown.failed += growth(known->page.failed, state.failed);
    known->grown.ejected = state.ejected;
    known->grown.there = true;
    known->page = state;
  }
  FailoverSample sample{asked, told, std::vector<EndpointState>(endpoints_.size())};
  for (const auto& [name, known] : known_) sample.endpoints[known.number] = known.grown;
  samples_.push_back(std::move(sample));
}

}  // namespace meshdns
