#include "zone/nearest.h"

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

TEST_CASE("the nearest word within so many edits") {
  struct Case {
    std::string word;
    size_t most;
    std::string expected;
  };
  const std::vector<std::string_view> candidates = {"serverservice04.bar.global", "other.bar.global", "ba"};
  const std::vector<Case> cases = {
      {"serviceserver04.bar.global", 6, "serverservice04.bar.global"},
      {"serviceserver04.bar.global", 5, ""},
      {"ohter.bar.global", 1, "other.bar.global"},
      {"ohter.bar.global", 0, ""},
      {"other.bar.global", 0, "other.bar.global"},
      {"ab", 1, "ba"},
      {"", 2, "ba"},
      {"", 1, ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.word);
    CHECK(nearest(c.word, candidates, c.most) == c.expected);
  }
}

}  // namespace
}  // namespace meshdns
