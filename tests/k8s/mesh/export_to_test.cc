#include "k8s/mesh/export_to.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

using Texts = std::vector<std::string>;

TEST_CASE("who sees an object") {
  struct Case {
    Texts export_to;  // of an object in bar
    bool everybody;
    bool bar;
    bool foo;
  };
  for (const Case& c : std::vector<Case>{{{}, true, true, true},
                                         {{"*"}, true, true, true},
                                         {{".", "*"}, true, true, true},
                                         {{"."}, false, true, false},
                                         {{"foo"}, false, false, true},
                                         {{".", "foo"}, false, true, true},
                                         {{"~"}, false, false, false}}) {
    const Audience audience(c.export_to, "bar");
    CHECK(audience.is_everybody() == c.everybody);
    CHECK(audience.has("bar") == c.bar);
    CHECK(audience.has("foo") == c.foo);
  }
}

TEST_CASE("two objects' audiences") {
  struct Case {
    Texts bar;  // exportTo of an object in bar
    Texts foo;  // and of one in foo
    bool meet;
    const char* lacks;  // who sees the one in foo, and not the one in bar
  };
  for (const Case& c : std::vector<Case>{{{}, {}, true, ""},
                                         {{"*"}, {"."}, true, ""},
                                         {{"."}, {}, true, "other namespaces"},
                                         {{"."}, {"."}, false, "foo"},
                                         {{"foo"}, {"."}, true, ""},
                                         {{"."}, {"bar"}, true, ""},
                                         {{"~"}, {}, false, "other namespaces"},
                                         {{}, {"~"}, false, ""}}) {
    const Audience bar(c.bar, "bar");
    const Audience foo(c.foo, "foo");
    CHECK(bar.meets(foo) == c.meet);
    CHECK(foo.meets(bar) == c.meet);
    CHECK(bar.lacks(foo) == c.lacks);
  }
}

}  // namespace
}  // namespace meshdns
