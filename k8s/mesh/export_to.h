#pragma once

// Who sees an object: its exportTo. Pure functions.
//
// Source: https://istio.io/latest/docs/reference/config/networking/service-entry/#ServiceEntry-export_to; DestinationRules and
// VirtualServices have the same.

#include <string>
#include <string_view>
#include <vector>

namespace meshdns {

/// Where Istio's own objects are, whose DestinationRules hold for every namespace.
inline constexpr std::string_view kRootNamespace = "istio-system";

/// Of an object: its exportTo and its own namespace.
class Audience {
 public:
  Audience(const std::vector<std::string>& export_to, std::string_view own) : export_to_(export_to), own_(own) {}

  bool is_everybody() const;
  bool has(std::string_view name_space) const;

  /// Whether somebody sees both objects.
  bool meets(const Audience& other) const;

  /// Of those in `other`, one who is not in this: a namespace, or "other namespaces"; empty where there is none.
  std::string lacks(const Audience& other) const;

 private:
  std::vector<std::string_view> namespaces() const;

  const std::vector<std::string>& export_to_;
  std::string_view own_;
};

template <class Object>
Audience audience_of(const Object& object) {
  return {object.export_to, object.name_space};
}

}  // namespace meshdns
