#include "k8s/mesh/yaml_text.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

/// Whether the text could be read as something else than text when it stands there without quotes: yaml-cpp's emitter looks at
/// the syntax alone. YAML 1.1 has the most words that mean something.
bool needs_quotes(const std::string& text) {
  static constexpr std::array<std::string_view, 9> kWords = {"y",   "n",    "yes",   "no",  "on",
                                                             "off", "true", "false", "null"};
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  std::string word(text.size(), '\0');
  std::ranges::transform(text, word.begin(), lower);
  return word.empty() || word.front() < 'a' || word.front() > 'z' || std::ranges::count(kWords, word) > 0;
}

void emit(YAML::Emitter& out, const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      out << YAML::BeginMap;
      for (const auto& [key, member] : value.items()) {
        emit(out << YAML::Key, key);
        emit(out << YAML::Value, member);
      }
      out << YAML::EndMap;
      return;
    case Json::value_t::array:
      out << (value.empty() ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
      for (const Json& element : value) emit(out, element);
      out << YAML::EndSeq;
      return;
    case Json::value_t::string: {
      const auto& text = value.get_ref<const std::string&>();
      out << (needs_quotes(text) ? YAML::DoubleQuoted : YAML::Auto) << text;
      return;
    }
    case Json::value_t::null:
      out << YAML::Null;
      return;
    default:  // numbers, true and false are spelled as in JSON
      out << value.dump();
  }
}

}  // namespace

std::string yaml_text(const Json& value) {
  YAML::Emitter out;
  emit(out, value);
  return std::string(out.c_str()) + "\n";
}

}  // namespace meshdns
