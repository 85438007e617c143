#include "k8s/stub/served_elsewhere.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

TEST_CASE("who serves the zone beside us") {
  const std::string plain = ".:53 {\n    reload\n}\nimport custom/*.server\n";
  const std::string block = "global:53 {\n    forward . 10.0.0.9\n}\n";
  struct Case {
    std::string corefile;
    std::map<std::string, std::string> files;
    const char* error;  // a part of it; empty: nobody
  };
  for (const Case& c : std::vector<Case>{
           {plain, {}, ""},
           {plain, {{"ours.server", block}}, ""},
           {plain, {{"a.server", "other:53 {\n    forward . 10.0.0.9\n}\n"}, {"b.override", "log"}}, ""},
           {plain, {{"a.server", block}}, "key a.server, line 1: the zone global is delegated there already"},
           {plain, {{"a.server", "global:53 {\n    file db\n}\n"}}, "key a.server: Corefile:1"},
           {plain, {{"a.server", "(half"}}, ""},
           {block + plain, {}, "the Corefile, line 1"}}) {
    CAPTURE(std::string(c.error));
    const auto error = served_elsewhere(c.corefile, c.files, "ours.server", *Name::parse("global"));
    CHECK(error.has_value() != std::string(c.error).empty());
    if (error) {
      CAPTURE(error->message);
      CHECK(error->message.find(c.error) != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace meshdns
