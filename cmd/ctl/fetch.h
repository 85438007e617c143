#pragma once

// One GET, waited for: what a command asks of the server's admin endpoints.

#include <chrono>
#include <string>

#include "cmd/ctl/whole_response.h"
#include "zone/result.h"

namespace meshdns {

/// See WholeResponse.
Result<Fetched> fetch(const std::string& url, std::chrono::milliseconds patience,
                      size_t largest = WholeResponse::kLargest);

}  // namespace meshdns
