#include "k8s/stub/coredns_version.h"

#include <charconv>

namespace meshdns {
namespace {

std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

bool take_dot(std::string_view& text) {
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string CoreDnsVersion::text() const {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

std::optional<CoreDnsVersion> parse_coredns_version(std::string_view image) {
  std::string_view tag = image.substr(0, image.find('@'));
  if (const size_t slash = tag.rfind('/'); slash != std::string_view::npos) tag.remove_prefix(slash + 1);
  if (const size_t colon = tag.find(':'); colon != std::string_view::npos) tag.remove_prefix(colon + 1);
  if (tag.starts_with('v')) tag.remove_prefix(1);
  const auto major = take_number(tag);
  if (!major || !take_dot(tag)) return std::nullopt;
  const auto minor = take_number(tag);
  if (!minor) return std::nullopt;
  const auto patch = take_dot(tag) ? take_number(tag) : 0;
  if (!patch || (!tag.empty() && tag[0] >= '0' && tag[0] <= '9')) return std::nullopt;
  return CoreDnsVersion{*major, *minor, *patch};
}

}  // namespace meshdns
