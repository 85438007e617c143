#pragma once

// What /explain answers, for people.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "zone/result.h"

namespace meshdns {

/// A line for each thing that is to be said; control characters are escaped. The error: this is no explanation, but for example
/// the JSON of another server.
Result<std::string> explanation_text(const nlohmann::ordered_json& explanation);

}  // namespace meshdns
