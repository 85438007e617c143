#pragma once

// What `failover create` is asked for: a host whose endpoints are one a cluster, and how its requests come to another cluster when one of
// them is dead. Plain values, and how the command line writes them.
//
// Source: https://istio.io/latest/docs/reference/config/networking/destination-rule/#LocalityLoadBalancerSetting

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "k8s/api/observed_object.h"
#include "k8s/mesh/entry_wish.h"
#include "zone/result.h"

namespace meshdns {

/// All endpoints in that locality, and their share of the requests, 1 to 100.
struct LocalityShare {
  std::string locality;
  int64_t share;
  bool operator==(const LocalityShare&) const = default;
};

/// LOCALITY=SHARE
Result<LocalityShare> parse_locality_share(std::string_view text);

/// Shares that do not sum to 100, a locality twice or in another: what Istio refuses.
std::optional<Error> check_shares(const std::vector<LocalityShare>& shares);

/// ADDRESS=LOCALITY: an endpoint's address, canonical, and where it is.
Result<std::pair<std::string, std::string>> parse_address_locality(std::string_view text);

struct FailoverWish {
  MeshHost host;
  std::optional<Sni> sni;                 // nothing: as the host's rule has it
  std::vector<LocalityShare> distribute;  // empty: the client's own locality first, the others when that is dead
  TextMap localities;                     // by an endpoint's address; of the others, what they say themselves
  bool repeatable = false;                // requests may be sent twice
  std::string per_try_timeout;            // as Istio writes it; empty: none
  std::string connect_timeout;            // the same
};

}  // namespace meshdns
