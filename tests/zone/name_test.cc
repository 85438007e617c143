#include "zone/name.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("a name in presentation form") {
  struct Case {
    std::string text;
    std::string expected;  // its presentation form, or "" where it is refused
  };
  const std::string label63(63, 'a');
  const std::string name253 = label63 + "." + label63 + "." + label63 + "." + std::string(61, 'b');
  const std::vector<Case> cases = {
      {"a.example", "a.example"},
      {"a.example.", "a.example"},
      {"ServerService04.BAR.Global", "serverservice04.bar.global"},
      {".", "."},
      {"*.bar.global", "*.bar.global"},
      {"_http._tcp.a", "_http._tcp.a"},
      {R"(a\.b.c)", R"(a\.b.c)"},
      {R"(a\046b.c)", R"(a\.b.c)"},
      {R"(\000\255.c)", R"(\000\255.c)"},
      {label63 + ".a", label63 + ".a"},
      {name253, name253},
      {name253 + ".", name253},
      {"", ""},
      {"..", ""},
      {".a", ""},
      {"a..b", ""},
      {label63 + "a.b", ""},
      {name253 + "b", ""},
      {R"(a\)", ""},
      {R"(a\25)", ""},
      {R"(a\256)", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto name = Name::parse(c.text);
    REQUIRE(static_cast<bool>(name) == !c.expected.empty());
    if (name) CHECK(name->text() == c.expected);
  }
}

TEST_CASE("a name in wire form") {
  struct Case {
    std::vector<uint8_t> wire;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {{0}, "."},       {{1, 'A', 0}, "a"}, {{1, 'a', 2, 'B', 'c', 0}, "a.bc"},
      {{}, ""},         {{1, 'a'}, ""},     {{1, 'a', 0, 0}, ""},
      {{0xc0, 12}, ""}, {{64, 'a', 0}, ""}, {std::vector<uint8_t>(256, 1), ""},
  };
  for (const Case& c : cases) {
    const auto name = Name::from_wire(c.wire);
    REQUIRE(static_cast<bool>(name) == !c.expected.empty());
    if (name) CHECK(name->text() == c.expected);
  }
}

TEST_CASE("a name's place in the tree") {
  struct Case {
    const char* name;
    const char* ancestor;
    bool within;
  };
  const std::vector<Case> cases = {
      {"a.b.global", "global", true}, {"global", "global", true},          {"global", ".", true},
      {"bglobal", "global", false},   {"a.global", "b.global", false},     {"global", "a.global", false},
      {".", "global", false},         {R"(a\006global)", "global", false},  // the octet 6 within a label is not a
                                                                            // length octet
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(Name::parse(c.name)->is_within(*Name::parse(c.ancestor)) == c.within);
  }
  CHECK(Name::parse("a.b.c")->labels() == 3);
  CHECK(Name::parse("a.b.c")->parent() == *Name::parse("b.c"));
  CHECK(Name().parent() == Name());
  CHECK(Name::parse("*.b")->is_wildcard());
  CHECK_FALSE(Name::parse("*a.b")->is_wildcard());
  CHECK_FALSE(Name::parse("a.*.b")->is_wildcard());
}

}  // namespace
}  // namespace meshdns
