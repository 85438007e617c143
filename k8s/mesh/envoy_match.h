#pragma once

// Whether a request is one that a route of Envoy's is for: RouteMatch, as far as a plain GET can tell.
//
// Source: https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routematch

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "k8s/api/url.h"

namespace meshdns {

enum class Fit : uint8_t {
  kYes,
  kNo,
  kUnknown,  // it depends on what is not known here
};

/// `match`: a RouteMatch as JSON.
Fit fits_route(const nlohmann::json& match, const WebUrl& url);

}  // namespace meshdns
