#include "cmd/ctl/output.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

namespace meshdns {
namespace {

TEST_CASE("JSON as it is written") {
  CHECK(json_text({{"name", "a"}, {"wins", true}}) == "{\n  \"name\": \"a\",\n  \"wins\": true\n}\n");
}

TEST_CASE("the form") {
  CHECK(*parse_output_form("yaml") == OutputForm::kYaml);
  CHECK(parse_output_form("xml").error() == "found 'xml', expected text, json or yaml");
}

}  // namespace
}  // namespace meshdns
