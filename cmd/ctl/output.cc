#include "cmd/ctl/output.h"

#include <nlohmann/json.hpp>

#include "cmd/text_value.h"

namespace meshdns {

using Json = nlohmann::ordered_json;

Result<OutputForm> parse_output_form(std::string_view text) {
  if (text == "text") return OutputForm::kText;
  if (text == "json") return OutputForm::kJson;
  if (text == "yaml") return OutputForm::kYaml;
  return Error{"found " + quote(text) + ", expected text, json or yaml"};
}

std::string in_form(OutputForm form, const std::string& text, const Json& value) {
  switch (form) {
    case OutputForm::kText:
      return text;
    case OutputForm::kJson:
      return json_text(value);
    case OutputForm::kYaml:
      return yaml_text(value);
  }
  return {};
}

std::string json_text(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace meshdns
