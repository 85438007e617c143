#pragma once

// The forms in which commands print what they found.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "k8s/mesh/yaml_text.h"  // for what is printed as YAML
#include "zone/result.h"

namespace meshdns {

enum class OutputForm : uint8_t { kText, kJson, kYaml };

/// What -o says: text, json or yaml.
Result<OutputForm> parse_output_form(std::string_view text);

/// The value as JSON or YAML, or `text`, which says the same to people.
std::string in_form(OutputForm form, const std::string& text, const nlohmann::ordered_json& value);

std::string json_text(const nlohmann::ordered_json& value);

}  // namespace meshdns
