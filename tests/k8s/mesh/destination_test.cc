#include "k8s/mesh/destination.h"

#include <doctest/doctest.h>

#include <vector>

namespace meshdns {
namespace {

TEST_CASE("what a destination may look like") {
  struct Case {
    const char* text;
    Destination expected;
  };
  for (const Case& c : std::vector<Case>{{"a.bar.global", {"a.bar.global", {}, ""}},
                                         {"A.Bar.global.", {"a.bar.global", {}, ""}},
                                         {"a.bar.global:8000", {"a.bar.global", 8000, ""}},
                                         {"a/v1", {"a", {}, "v1"}},
                                         {"a.bar.global:1/v-1", {"a.bar.global", 1, "v-1"}}}) {
    CAPTURE(c.text);
    const auto destination = parse_destination(c.text);
    REQUIRE_MESSAGE(destination, destination.error());
    CHECK(*destination == c.expected);
    CHECK(*parse_destination(destination->text()) == c.expected);
  }
}

TEST_CASE("what is no destination") {
  for (const char* text : {"", ".", "a..b", "-a", "a_b", "*.global", "a:0", "a:65536", "a:", "a:x", "a/", "a/v_1",
                           "a/B", "a b", "a:1:2", "\xff"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_destination(text));
  }
}

TEST_CASE("a destination with its weight") {
  CHECK(*parse_weighted_destination("a:80/v1=25") == WeightedDestination{{"a", 80, "v1"}, 25});
  CHECK(*parse_weighted_destination("a=2147483647") == WeightedDestination{{"a", {}, ""}, 2147483647});
  for (const char* text : {"a", "a=", "a=-1", "a=2147483648", "a=1.5", "a=50%", "=50", "a=+1", "a= 1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_weighted_destination(text));
  }
}

TEST_CASE("the host that a short name means") {
  CHECK(full_host("a", "bar") == "a.bar.svc.cluster.local");
  CHECK(full_host("a.bar", "foo") == "a.bar");
  CHECK(full_host("A.bar.global.", "foo") == "a.bar.global");
  CHECK(full_host("*", "foo") == "*");
  CHECK(full_host("::1", "foo") == "::1");
}

}  // namespace
}  // namespace meshdns
