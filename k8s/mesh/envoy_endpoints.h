#pragma once

// The endpoints of some clusters of a sidecar: where each is, what it was asked, and whether it is ejected, as the admin endpoint /clusters says in
// text.
//
// What Envoy counts of an endpoint:
//   HTTP         rq_success + rq_error are the attempts that have ended; one whose connection fails is in rq_error, and not in rq_total
//   connections  that the TCP proxy makes are in rq_total, and those that fail in cx_connect_fail alone
//
// Source: https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--clusters; measured with Envoy 1.40.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zone/result.h"

namespace meshdns {

struct EnvoyEndpoint {
  std::string cluster;
  std::string address;
  std::string locality;  // "region/zone/subzone", as much of it as is known from the left; empty: none
  uint64_t rq_total = 0;
  uint64_t rq_success = 0;
  uint64_t rq_error = 0;
  uint64_t cx_connect_fail = 0;
  bool ejected = false;

  bool operator==(const EnvoyEndpoint&) const = default;
};

/// Those of `clusters`, in their order on the page.
std::vector<EnvoyEndpoint> parse_envoy_endpoints(std::string_view text, const std::vector<std::string>& clusters);

}  // namespace meshdns
