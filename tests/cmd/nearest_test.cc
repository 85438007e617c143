#include "cmd/nearest.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("the nearest word") {
  struct Case {
    std::string word;
    std::vector<std::string_view> candidates;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {"tl", {"name", "ttl", "negativeTtl"}, "ttl"},
      {"negative_ttl", {"name", "ttl", "negativeTtl"}, "negativeTtl"},
      {"TTL", {"name", "ttl", "negativeTtl"}, "ttl"},
      {"lsiten", {"admin", "log", "listen"}, "listen"},
      {"udpsize", {"tcpIdle", "udpSize"}, "udpSize"},
      {"", {"abc", "ab"}, "ab"},
      {"x", {"a", "b"}, "a"},
      {"x", {}, ""},
      {std::string(1'000'000, 'x'), {"a", "xx"}, "xx"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.word);
    CHECK(nearest(c.word, c.candidates) == c.expected);
  }
}

}  // namespace
}  // namespace meshdns
