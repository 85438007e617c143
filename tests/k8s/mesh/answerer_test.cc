#include "k8s/mesh/answerer.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("who answered") {
  struct Case {
    const char* by;
    const char* header;
    const char* body;
    const char* said;
  };
  for (const Case& c : std::vector<Case>{{"header:X-Served-By", "v1", "v2", "v1"},
                                         {"header:X-Served-By", "", "v2", ""},
                                         {"body:v[0-9]", "v1", "I am v2 of v3", "v2"},
                                         {R"x(body:"server": "([^"]*)")x", "", R"({"server": "s4", "x": 1})", "s4"},
                                         {R"(body:(a)|b)", "", "b", ""},
                                         {R"(body:^$)", "", "", ""},
                                         {R"(body:v1)", "", "nothing", ""},
                                         {R"(body:(?i)V1)", "", "\xff v1", "v1"}}) {
    CAPTURE(c.by);
    CAPTURE(c.body);
    const auto answerer = Answerer::parse(c.by);
    REQUIRE_MESSAGE(answerer, answerer.error());
    CHECK(answerer->said(c.header, c.body).value_or("") == c.said);
  }
  CHECK(Answerer::parse("header:X-Served-By")->header() == "x-served-by");
  CHECK(Answerer::parse("body:x")->header() == "");
}

TEST_CASE("what is no place to look") {
  for (const std::string& text :
       {std::string(), std::string("header:"), std::string("header:a b"), std::string("header:a:"),
        std::string("body:"), std::string("body:("), std::string("body:(a)\\1"), std::string("cookie:x"),
        std::string("X-Served-By"), "body:" + std::string(5000, 'a'), std::string("body:(a{900}){900}")}) {
    CAPTURE(text);
    CHECK_FALSE(Answerer::parse(text));
  }
}

TEST_CASE("neither expression nor body takes long, and only so much of a body is looked at") {
  const auto start = std::chrono::steady_clock::now();
  const auto nested = Answerer::parse("body:(a*)*b$");
  CHECK_FALSE(nested->said("", std::string(1 << 20, 'a')));
  const auto late = Answerer::parse("body:b");
  CHECK(late->said("", std::string(Answerer::kLookedAt - 1, 'a') + "b"));
  CHECK_FALSE(late->said("", std::string(Answerer::kLookedAt, 'a') + "b"));
  CHECK_FALSE(Answerer::parse("body:a+")->said("", std::string(Answerer::kLongest + 1, 'a')));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

}  // namespace
}  // namespace meshdns
