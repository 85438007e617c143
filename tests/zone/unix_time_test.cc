#include "zone/unix_time.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("times as RFC 3339 has them") {
  struct Case {
    int64_t seconds;
    std::string text;
  };
  const std::vector<Case> cases = {
      {0, "1970-01-01T00:00:00Z"},
      {-1, "1969-12-31T23:59:59Z"},
      {1709208000, "2024-02-29T12:00:00Z"},
      {4294967296, "2106-02-07T06:28:16Z"},
      {253402300799, "9999-12-31T23:59:59Z"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(rfc3339(c.seconds) == c.text);
    CHECK(rfc3339_seconds(c.text) == c.seconds);
  }
  CHECK(rfc3339(std::numeric_limits<int64_t>::max()) == "9223372036854775807");
}

TEST_CASE("other forms of a time, and what is none") {
  struct Case {
    const char* text;
    std::optional<int64_t> seconds;
  };
  const std::vector<Case> cases = {
      {"1970-01-02T01:00:00+01:00", 86400},
      {"1970-01-01T23:59:59.999999-00:30", 88199},
      {"1970-01-02T00:00:00.Z", 86400},
      {"1970-01-02T00:00:00.", std::nullopt},
      {"1970-01-02T00:00:00", std::nullopt},
      {"1970-01-02T00:00:00Zulu", std::nullopt},
      {"1970-01-02", std::nullopt},
      {"yesterday", std::nullopt},
      {"", std::nullopt},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(rfc3339_seconds(c.text) == c.seconds);
  }
}

}  // namespace
}  // namespace meshdns
