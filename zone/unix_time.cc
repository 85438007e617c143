#include "zone/unix_time.h"

#include <array>
#include <ctime>

namespace meshdns {

int64_t unix_now() { return std::time(nullptr); }

std::string rfc3339(int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm utc{};
  std::array<char, 32> text{};
  if (gmtime_r(&time, &utc) == nullptr) return std::to_string(unix_seconds);
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

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
