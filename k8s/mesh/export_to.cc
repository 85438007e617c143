#include "k8s/mesh/export_to.h"

#include <algorithm>

namespace meshdns {

bool Audience::is_everybody() const {
  return export_to_.empty() || std::ranges::find(export_to_, "*") != export_to_.end();
}

/// "~" is nobody.
std::vector<std::string_view> Audience::namespaces() const {
  std::vector<std::string_view> all;
  for (const std::string& each : export_to_) {
    if (each != "~") all.push_back(each == "." ? own_ : each);
  }
  return all;
}

bool Audience::has(std::string_view name_space) const {
  return is_everybody() || std::ranges::count(namespaces(), name_space) > 0;
}

bool Audience::meets(const Audience& other) const {
  if (is_everybody()) return other.is_everybody() || !other.namespaces().empty();
  return std::ranges::any_of(namespaces(), [&](std::string_view each) { return other.has(each); });
}

std::string Audience::lacks(const Audience& other) const {
  if (is_everybody()) return {};
  if (other.is_everybody()) return "other namespaces";
  for (const std::string_view each : other.namespaces()) {
    if (!has(each)) return std::string(each);
  }
  return {};
}

}  // namespace meshdns
