#include "zone/sources.h"

namespace meshdns {

std::string_view text(SourceError error) {
  static constexpr std::array<std::string_view, kSourceErrors> kTexts = {
      "connect", "unauthorized", "forbidden", "not-found", "expired", "throttled", "server", "protocol", "file",
  };
  return kTexts.at(static_cast<size_t>(error));
}

}  // namespace meshdns
