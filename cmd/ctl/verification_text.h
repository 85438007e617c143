#pragma once

// A verification's report, for people.

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace meshdns {

/// A line for each step, and the verdict at the end; control characters are escaped. `report`: as k8s/stub/verification_report.h has it.
std::string verification_text(const nlohmann::ordered_json& report);

/// The verdict alone, in one line: "failed: …".
std::string verdict_line(const nlohmann::ordered_json& report);

}  // namespace meshdns
