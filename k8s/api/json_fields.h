#pragma once

// Fields of JSON that may be missing or of another type: for the .cc files that read it.

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace meshdns {

/// The member, or null where there is none.
inline const nlohmann::json& member(const nlohmann::json& object, const char* key) {
  static const nlohmann::json kNone;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? kNone : *found;
}

/// The member's text; empty where it is none.
inline std::string text_member(const nlohmann::json& object, const char* key) {
  const nlohmann::json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}

/// The member's texts by their keys; what else it holds is left out.
inline std::map<std::string, std::string> texts_member(const nlohmann::json& object, const char* key) {
  std::map<std::string, std::string> all;
  const nlohmann::json& map = member(object, key);
  if (!map.is_object()) return all;
  for (const auto& [name, value] : map.items()) {
    if (value.is_string()) all.emplace(name, value.get<std::string>());
  }
  return all;
}

}  // namespace meshdns
