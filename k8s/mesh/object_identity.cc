#include "k8s/mesh/object_identity.h"

#include <algorithm>

#include "k8s/mesh/field.h"

namespace meshdns {
namespace {

bool is_index(std::string_view token) {
  return !token.empty() && std::ranges::all_of(token, [](char c) { return c >= '0' && c <= '9'; });
}

/// Of ~1, which is a slash, and ~0, which is a tilde.
std::string unescaped(std::string_view token) {
  std::string text;
  for (size_t i = 0; i < token.size(); ++i) {
    const bool escaped = token[i] == '~' && i + 1 < token.size();
    text += !escaped ? token[i] : token[++i] == '1' ? '/' : '~';
  }
  return text;
}

}  // namespace

Result<ObjectIdentity> parse_identity(std::string_view json, const std::string& kind, std::string_view name_space) {
  ObjectIdentity identity;
  const auto error =
      read_object(json, [&](const Field& object) { identity = read_identity(object, kind, name_space); });
  if (error) return *error;
  return identity;
}

std::string field_path(std::string_view pointer) {
  std::string path;
  while (pointer.starts_with('/')) {
    const size_t end = std::min(pointer.find('/', 1), pointer.size());
    const std::string_view token = pointer.substr(1, end - 1);
    if (is_index(token)) {
      path.append("[").append(token).append("]");
    } else {
      path += (path.empty() ? "" : ".") + unescaped(token);
    }
    pointer.remove_prefix(end);
  }
  return path;
}

}  // namespace meshdns
