#include "k8s/api/timestamp.h"

#include <ctime>
#include <string>

namespace meshdns {

std::optional<int64_t> rfc3339_seconds(std::string_view text) {
  const std::string terminated(text);
  std::tm time{};
  const char* rest = strptime(terminated.c_str(), "%Y-%m-%dT%H:%M:%S", &time);
  if (rest == nullptr) return std::nullopt;
  if (*rest == '.') rest += 1 + std::string_view(rest + 1).find_first_not_of("0123456789");
  std::tm zone{};
  const char* end = strptime(rest, "%z", &zone);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return timegm(&time) - zone.tm_gmtoff;
}

}  // namespace meshdns
