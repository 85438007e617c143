#include "cmd/ctl/unified_diff.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("what a text becomes") {
  struct Case {
    const char* before;
    const char* after;
    const char* hunks;
  };
  for (const Case& c : std::vector<Case>{{"", "a\n", "@@ -0,0 +1,1 @@\n+a\n"},
                                         {"a\n", "", "@@ -1,1 +0,0 @@\n-a\n"},
                                         {"a\nb\nc\n", "a\nB\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"},
                                         {"a", "a\n", "@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n"},
                                         {"a\n", "a\n\tb\x1b[31m\n", "@@ -1,1 +1,2 @@\n a\n+\tb\\x1b[31m\n"}}) {
    CAPTURE(std::string(c.before));
    CHECK(unified_diff("x", c.before, c.after) == std::string("--- x (now)\n+++ x (then)\n") + c.hunks);
  }
  CHECK(unified_diff("x", "a\n", "a\n").empty());
}

}  // namespace
}  // namespace meshdns
