#pragma once

// CoreDNS's version, which decides what its Corefile may hold. A plain value.

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace meshdns {

struct CoreDnsVersion {
  int major = 0;
  int minor = 0;
  int patch = 0;

  std::string text() const;

  auto operator<=>(const CoreDnsVersion&) const = default;
};

/// Of an image or its tag: "1.8.0", "v1.11.1-eksbuild.4", "registry:5000/coredns/coredns:v1.11.1@sha256:…". Nothing where it names none.
std::optional<CoreDnsVersion> parse_coredns_version(std::string_view image);

}  // namespace meshdns
