#include "zone/publication.h"

#include <array>

namespace meshdns {

std::string_view text(SkipReason reason) {
  static constexpr std::array<std::string_view, kSkipReasons> kTexts = {
      "invalid-object", "invalid-host",       "not-dns-name",  "invalid-address", "address-block",  "invalid-port",
      "no-address",     "not-exported",       "outside-zones", "reserved",        "zone-file",      "endpoint-not-ip",
      "changed-port",   "too-many-endpoints", "too-large",     "other-namespace", "namespace-full",
  };
  return kTexts.at(static_cast<size_t>(reason));
}

std::string_view text(AddressOrigin origin) {
  static constexpr std::array<std::string_view, 4> kTexts = {"spec.addresses", "status.addresses", "default address",
                                                             "endpoints"};
  return kTexts.at(static_cast<size_t>(origin));
}

}  // namespace meshdns
