#include "cmd/ctl/change_report.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("what was done, or would be, as text") {
  struct Case {
    ChangeReport report;
    const char* text;
  };
  for (const Case& c : std::vector<Case>{
           {{"done already"}, "done already\n"},
           {{"done", {"a", "b"}, "", "checked\n", {"mind \x1b"}}, "checked\ndone: a, b\nnote: mind \\x1b\n"},
           {{"done", {"a"}, "--- a\n+++ a\n", "", {"mind"}}, "--- a\n+++ a\nnote: mind\n"}}) {
    CHECK(printed(c.report, OutputForm::kText).text == c.text);
  }
}

TEST_CASE("the same for programs") {
  const ChangeReport report{"done", {"a"}, "", "", {"mind"}};
  CHECK(printed(report, OutputForm::kJson).text.find("\"places\": [\n    \"a\"\n  ]") != std::string::npos);
  CHECK(printed(report, OutputForm::kYaml).text.find("said: done\n") != std::string::npos);
}

}  // namespace
}  // namespace meshdns
