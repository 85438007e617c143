#include "cmd/duration.h"

#include <array>
#include <charconv>
#include <cstdint>

#include "cmd/text_value.h"

namespace meshdns {
namespace {

struct Unit {
  std::string_view name;
  int64_t milliseconds;
};
constexpr std::array<Unit, 4> kUnits = {{{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  uint32_t count = 0;  // 32 bits: their largest value in hours still fits in 64 bits of milliseconds
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, count);
  if (failure == std::errc()) {
    for (const Unit& unit : kUnits) {
      if (std::string_view(rest, static_cast<size_t>(end - rest)) == unit.name) {
        return std::chrono::milliseconds(count * unit.milliseconds);
      }
    }
  }
  return Error{"found " + quote(text) + ", expected a duration such as 500ms, 30s, 2m or 1h"};
}

std::string format_duration(std::chrono::milliseconds duration) {
  if (duration.count() == 0) return "0s";
  for (const Unit& unit : kUnits) {
    if (duration.count() % unit.milliseconds == 0) {
      return std::to_string(duration.count() / unit.milliseconds) + std::string(unit.name);
    }
  }
  return {};
}

}  // namespace meshdns
