#pragma once

// What a workload of the cluster's DNS runs, and from where that reads its configuration.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "k8s/stub/observed_dns.h"

namespace meshdns {

enum class DnsProgram : uint8_t { kOther, kCoreDns, kKubeDns };

struct DnsContainer {
  DnsProgram program = DnsProgram::kOther;
  const ObservedWorkload::Container* container = nullptr;  // which runs it; the workload's
};

DnsContainer dns_container(const ObservedWorkload& workload);

/// "v1.11.1" of "registry.k8s.io/coredns/coredns:v1.11.1"; empty where a digest is all there is.
std::string image_tag(std::string_view image);

/// The value of a flag as Go's programs take it: -conf X, --conf X, -conf=X, --conf=X.
std::optional<std::string> argument(const ObservedWorkload::Container& container, std::string_view flag);

/// Where a file, or the files that a glob matches, comes from.
struct MountedFile {
  std::string config_map;
  std::string key;  // of a glob: the pattern
  bool optional;    // without the ConfigMap there is no file, and pods start
};

std::optional<MountedFile> mounted_file(const ObservedWorkload::Container& container, std::string_view path);

}  // namespace meshdns
