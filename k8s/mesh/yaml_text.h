#pragma once

// JSON as YAML in block style.

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace meshdns {

/// YAML that reads back as the same value, whichever version of YAML reads it; its last line has its end.
std::string yaml_text(const nlohmann::ordered_json& value);

}  // namespace meshdns
