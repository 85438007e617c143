#pragma once

// Where an endpoint or a client is, as Istio writes it: "region/zone/subzone", or as much of it as is known from the left. Pure functions.
//
// Source: https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/

#include <string>
#include <string_view>

#include "zone/result.h"

namespace meshdns {

/// One to three names as nodes' labels may have them. A wildcard is none: a locality is somewhere.
Result<std::string> parse_locality(std::string_view text);

/// "region1" of "region1/zone1"; empty of what is empty.
std::string_view region_of(std::string_view locality);

/// Whether it is that locality, or in it: so istiod gives endpoints the shares of `distribute`.
bool is_in_locality(std::string_view locality, std::string_view wider);

}  // namespace meshdns
