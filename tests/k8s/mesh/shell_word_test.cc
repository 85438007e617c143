#include "k8s/mesh/shell_word.h"

#include <doctest/doctest.h>

#include <vector>

namespace meshdns {
namespace {

TEST_CASE("words of a shell") {
  struct Case {
    const char* text;
    const char* word;
  };
  for (const Case& c : std::vector<Case>{{"prefix=/a", "prefix=/a"},
                                         {"", "''"},
                                         {"a b", "'a b'"},
                                         {"$(x)", "'$(x)'"},
                                         {"it's", "'it'\\''s'"},
                                         {"a;b", "'a;b'"},
                                         {"~", "'~'"},
                                         {"http://a:80/?b&c", "'http://a:80/?b&c'"}}) {
    CAPTURE(c.text);
    CHECK(shell_word(c.text) == c.word);
  }
}

}  // namespace
}  // namespace meshdns
