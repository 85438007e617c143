#include "k8s/mesh/istio_duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

constexpr int64_t kPerMillisecond = 1000000;  // nanoseconds
constexpr int64_t kPerSecond = 1000 * kPerMillisecond;
constexpr std::array kUnits = {
    std::pair(std::string_view("ms"), kPerMillisecond), std::pair(std::string_view("h"), 3600 * kPerSecond),
    std::pair(std::string_view("m"), 60 * kPerSecond), std::pair(std::string_view("s"), kPerSecond)};

/// Takes a number with its unit from the front of the text: in nanoseconds, which may be more than `most`.
std::optional<int64_t> take(std::string_view& text, int64_t most) {
  constexpr size_t kMostDigits = 11;   // before the point: a year's milliseconds
  constexpr size_t kMostDecimals = 6;  // behind it: a millisecond's nanoseconds
  const auto digits = [&text] {
    const size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string_view found = text.substr(0, end);
    text.remove_prefix(end);
    return found;
  };
  const std::string_view whole = digits();
  std::string_view part;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    part = digits();
  }
  if (whole.empty() && part.empty()) return std::nullopt;
  if (whole.size() > kMostDigits || part.size() > kMostDecimals) return std::nullopt;
  int64_t number = 0;
  const std::string both = std::string(whole) + std::string(part);
  std::from_chars(both.data(), both.data() + both.size(), number);
  for (const auto& [unit, nanoseconds] : kUnits) {
    if (!text.starts_with(unit)) continue;
    text.remove_prefix(unit.size());
    int64_t scale = 1;
    for (size_t i = 0; i < part.size(); ++i) scale *= 10;
    if (number / scale > most / nanoseconds) return most + 1;
    return number / scale * nanoseconds + number % scale * (nanoseconds / scale);
  }
  return std::nullopt;
}

}  // namespace

Result<std::chrono::milliseconds> parse_istio_duration(std::string_view text, std::chrono::milliseconds most) {
  const int64_t most_nanoseconds = most.count() * kPerMillisecond;
  int64_t sum = 0;
  std::string_view rest = text;
  bool is_right = !text.empty();
  while (is_right && !rest.empty()) {
    const auto part = take(rest, most_nanoseconds);
    is_right = part && (sum += *part) <= most_nanoseconds;
  }
  if (is_right && sum >= kPerMillisecond && sum % kPerMillisecond == 0)
    return std::chrono::milliseconds(sum / kPerMillisecond);
  return Error{"found \"" + printable(text) + "\", expected a time from 1ms to " +
               std::to_string(std::chrono::floor<std::chrono::hours>(most).count()) +
               "h, such as 500ms, 0.5s or 1m30s"};
}

std::string istio_duration_text(std::chrono::milliseconds duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  return seconds == duration ? std::to_string(seconds.count()) + "s" : std::to_string(duration.count()) + "ms";
}

}  // namespace meshdns
