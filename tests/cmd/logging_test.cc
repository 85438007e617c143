#include "cmd/logging.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("a record of the log") {
  struct Case {
    std::string message;
    std::string text;
    std::string json;
  };
  const std::vector<Case> cases = {
      {"ready", "T info ready", R"({"time":"T","level":"info","message":"ready"})"},
      {"a \"b\" \\", "T info a \"b\" \\", R"({"time":"T","level":"info","message":"a \"b\" \\"})"},
      {"a\nb\x1b", R"(T info a\x0ab\x1b)", R"({"time":"T","level":"info","message":"a\nb\u001b"})"},
      {"\xff", "T info \xff", "{\"time\":\"T\",\"level\":\"info\",\"message\":\"\xef\xbf\xbd\"}"},
  };
  for (const Case& c : cases) {
    CHECK(format_record(LogFormat::kText, "T", "info", c.message) == c.text);
    CHECK(format_record(LogFormat::kJson, "T", "info", c.message) == c.json);
  }
}

}  // namespace
}  // namespace meshdns
