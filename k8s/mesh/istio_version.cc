#include "k8s/mesh/istio_version.h"

#include <charconv>

namespace meshdns {

bool IstioVersion::demands_100() const { return *this < IstioVersion{1, 15}; }

std::optional<IstioVersion> istio_version_of(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const size_t colon = image.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view tag = image.substr(colon + 1);
  const char* const end = tag.data() + tag.size();
  IstioVersion version{};
  const auto [dot, no_major] = std::from_chars(tag.data(), end, version.major);
  if (no_major != std::errc() || dot == end || *dot != '.') return std::nullopt;
  const auto [rest, no_minor] = std::from_chars(dot + 1, end, version.minor);
  if (no_minor != std::errc() || (rest != end && *rest != '.' && *rest != '-')) return std::nullopt;
  return version;
}

}  // namespace meshdns
