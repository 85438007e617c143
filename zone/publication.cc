#include "zone/publication.h"

#include <array>

namespace meshdns {

std::string_view text(SkipReason reason) {
  static constexpr std::array<std::string_view, kSkipReasons> kTexts = {
      "invalid-object", "invalid-host", "not-dns-name",  "invalid-address", "address-block", "invalid-port",
      "no-address",     "not-exported", "outside-zones", "reserved",        "zone-file",
  };
  return kTexts.at(static_cast<size_t>(reason));
}

}  // namespace meshdns
