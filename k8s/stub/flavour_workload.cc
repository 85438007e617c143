#include "k8s/stub/flavour_workload.h"

#include <algorithm>

namespace meshdns {
namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// The image without registry, folders, tag and digest.
std::string_view image_name(std::string_view image) {
  image = image.substr(0, image.find('@'));
  image = image.substr(image.rfind('/') + 1);
  return image.substr(0, image.find(':'));
}

DnsProgram program_of(const ObservedWorkload::Container& container) {
  const std::string_view image = image_name(container.image);
  if (has(image, "kube-dns") || has(image, "kubedns")) return DnsProgram::kKubeDns;
  // OpenShift's images have nothing but a digest.
  const bool called = !container.arguments.empty() && container.arguments.front().ends_with("coredns");
  return called || has(image, "coredns") ? DnsProgram::kCoreDns : DnsProgram::kOther;
}

}  // namespace

DnsContainer dns_container(const ObservedWorkload& workload) {
  for (const auto& container : workload.containers) {
    const DnsProgram program = program_of(container);
    if (program != DnsProgram::kOther) return {program, &container};
  }
  return {};
}

std::string image_tag(std::string_view image) {
  image = image.substr(0, image.find('@'));
  image = image.substr(image.rfind('/') + 1);
  const size_t colon = image.find(':');
  return colon == std::string_view::npos ? "" : std::string(image.substr(colon + 1));
}

std::optional<std::string> argument(const ObservedWorkload::Container& container, std::string_view flag) {
  const auto& arguments = container.arguments;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string_view text = arguments[i];
    if (!text.starts_with('-')) continue;
    text.remove_prefix(text.starts_with("--") ? 2 : 1);
    if (text == flag && i + 1 < arguments.size()) return arguments[i + 1];
    if (text.starts_with(flag) && text.substr(flag.size()).starts_with('=')) {
      return std::string(text.substr(flag.size() + 1));
    }
  }
  return std::nullopt;
}

std::optional<MountedFile> mounted_file(const ObservedWorkload::Container& container, std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string file(path.substr(slash + 1));
  for (const auto& mount : container.mounts) {
    std::string_view directory = mount.path;
    if (directory.ends_with('/')) directory.remove_suffix(1);
    if (directory != path.substr(0, slash)) continue;
    const auto key = mount.keys.find(file);
    if (key != mount.keys.end()) return MountedFile{mount.config_map, key->second, mount.optional};
    if (mount.keys.empty()) return MountedFile{mount.config_map, file, mount.optional};
  }
  return std::nullopt;
}

}  // namespace meshdns
