#pragma once

// One GET, waited for: what a command asks of the server's admin endpoints.

#include <chrono>
#include <string>

#include "zone/result.h"

namespace meshdns {

struct Fetched {
  int status;
  std::string body;
};

/// The response, whatever its status. The error, one phrase: no whole one came within `patience`, or it was larger than 16 MiB.
Result<Fetched> fetch(const std::string& url, std::chrono::milliseconds patience);

}  // namespace meshdns
