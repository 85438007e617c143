#include "k8s/mesh/yaml_text.h"

#include <doctest/doctest.h>
#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

TEST_CASE("YAML as it is written") {
  const std::vector<std::pair<Json, std::string>> cases = {
      {{{"name", "a.bar.global"}, {"ttl", 30}, {"wins", true}}, "name: a.bar.global\nttl: 30\nwins: true\n"},
      {{{"addresses", {"240.0.0.2", "::1"}}}, "addresses:\n  - \"240.0.0.2\"\n  - \"::1\"\n"},
      {{{"none", Json::array()}, {"nothing", nullptr}}, "none: []\nnothing: ~\n"},
      {Json::array({{{"a", "b"}, {"c", Json::array({"d"})}}}), "- a: b\n  c:\n    - d\n"},
  };
  for (const auto& [value, text] : cases) CHECK(yaml_text(value) == text);
}

TEST_CASE("text stays text in YAML") {
  for (const std::string text : {"", "1", "1e3", "0x1f", "yes", "No", "ON", "y", "true", "Null", "~", ".inf", "-",
                                 "*.a", "2026-01-31", "::1", "- a", "{a}", "\"a\""}) {
    CHECK(yaml_text({text}).starts_with("- \""));
  }
  for (const std::string text : {"a: b", "a #b", "a\nb", "a\tb", "a'b", "ä", "null and void", "a\x1b", "a:"}) {
    CHECK(YAML::Load(yaml_text({text}))[0].Scalar() == text);
  }
}

}  // namespace
}  // namespace meshdns
