#pragma once

// What the server says about itself where it is asked.

#include <string>

namespace meshdns {

struct Identity {
  static constexpr size_t kMaxSize = 128;  // octets of each: with it, every response without data fits 512

  std::string nsid;     // NSID (RFC 5001), hostname.bind, id.server (RFC 4892); empty: not told
  std::string version;  // version.bind, version.server; empty: hidden

  bool operator==(const Identity&) const = default;
};

}  // namespace meshdns
