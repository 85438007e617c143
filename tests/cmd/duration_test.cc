#include "cmd/duration.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("durations") {
  struct Case {
    std::string text;
    int64_t milliseconds;   // -1: refused
    std::string formatted;  // as it is written again
  };
  const std::vector<Case> cases = {
      {"30s", 30'000, "30s"},  {"500ms", 500, "500ms"},
      {"2m", 120'000, "2m"},   {"120s", 120'000, "2m"},
      {"90s", 90'000, "90s"},  {"1h", 3'600'000, "1h"},
      {"0s", 0, "0s"},         {"0ms", 0, "0s"},
      {"1000ms", 1'000, "1s"}, {"4294967295h", 15'461'882'262'000'000, "4294967295h"},
      {"4294967296h", -1, ""}, {"30", -1, ""},
      {"s", -1, ""},           {"", -1, ""},
      {"-1s", -1, ""},         {"+1s", -1, ""},
      {" 1s", -1, ""},         {"1 s", -1, ""},
      {"1s ", -1, ""},         {"1.5s", -1, ""},
      {"1m30s", -1, ""},       {"1d", -1, ""},
      {"1S", -1, ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto duration = parse_duration(c.text);
    REQUIRE(static_cast<bool>(duration) == (c.milliseconds >= 0));
    if (duration) {
      CHECK(duration->count() == c.milliseconds);
      CHECK(format_duration(*duration) == c.formatted);
    } else {
      CHECK(duration.error() == "found '" + c.text + "', expected a duration such as 500ms, 30s, 2m or 1h");
    }
  }
}

}  // namespace
}  // namespace meshdns
