#pragma once

// The pods behind a Service, as far as others need to know of them to call it. Plain values, pure functions.
//
// Source: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "zone/result.h"

namespace meshdns {

/// What EndpointSlices say.
struct ServingPods {
  std::set<std::string> names;
  std::set<std::string> nodes;            // where they run
  std::map<std::string, uint16_t> ports;  // where they listen, by the Service's port's name
};

/// Adds what an EndpointSlice has. The error: `json` is none.
std::optional<Error> add_slice(std::string_view json, ServingPods& pods);

/// Whether the pod has a sidecar, as its labels and containers say: the injector leaves both.
Result<bool> has_sidecar(std::string_view json);

}  // namespace meshdns
