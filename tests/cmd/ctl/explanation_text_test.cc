#include "cmd/ctl/explanation_text.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

Json explanation(const Json& said) {
  Json all = {{"name", "a.bar.global"},
              {"type", "A"},
              {"outcome", "nxdomain"},
              {"zone", "global"},
              {"owner", ""},
              {"closestEncloser", "bar.global"},
              {"records", Json::array()},
              {"claimants", Json::array()},
              {"skipped", Json::array()},
              {"note", ""}};
  all.update(said);
  return all;
}

TEST_CASE("an explanation for people") {
  struct Case {
    Json said;
    std::string text;  // a part of it
  };
  const Json winner = {{"source", "east"},
                       {"object", "bar/a"},
                       {"created", "2026-01-31T00:00:00Z"},
                       {"wins", true},
                       {"why", "older than east/zoo/b"},
                       {"origin", "spec.addresses"},
                       {"addresses", {"240.0.0.1", "::1"}}};
  const Json loser = {{"source", "east"},
                      {"object", "zoo/b"},
                      {"created", ""},
                      {"wins", false},
                      {"why", "younger than east/bar/a"},
                      {"origin", "endpoints"},
                      {"addresses", {"240.0.0.2"}}};
  const Json skip = {{"source", "west"},
                     {"object", "bar/c"},
                     {"what", "A.bar.global"},
                     {"reason", "no-address"},
                     {"detail", "expected one"}};
  const std::vector<Case> cases = {
      {Json::object(),
       "Name:       a.bar.global\nType:       A\nOutcome:    there is no such name (NXDOMAIN)\nZone:       global\n"
       "Encloser:   bar.global\n"},
      {{{"outcome", "answer"}, {"records", {"a.\t30\tIN\tA\t240.0.0.1", "a.\t30\tIN\tA\t240.0.0.2"}}},
       "Outcome:    answered (NOERROR)\nRecords:    a. 30 IN A 240.0.0.1\n            a. 30 IN A 240.0.0.2\n"},
      {{{"outcome", "nodata"}, {"type", "TXT"}}, "Outcome:    the name is there, and has no TXT (NOERROR, empty)\n"},
      {{{"outcome", "answer"}, {"owner", "*.bar.global"}}, "Wildcard:   *.bar.global\n"},
      {{{"claimants", {winner, loser}}},
       "From:       east/bar/a, created 2026-01-31T00:00:00Z, with 240.0.0.1, ::1 of spec.addresses: older than "
       "east/zoo/b\n"
       "Lost:       east/zoo/b, with 240.0.0.2 of endpoints: younger than east/bar/a\n"},
      {{{"skipped", Json::array({skip})}}, "Skipped:    west/bar/c, A.bar.global: no-address, expected one\n"},
      {{{"note", "a name\nblocks\x1b[2J"}}, "Note:       a name\\x0ablocks\\x1b[2J\n"},
      {{{"outcome", "of a later version"}}, "Outcome:    of a later version\n"},
  };
  for (const Case& c : cases) {
    const auto text = explanation_text(explanation(c.said));
    REQUIRE(text);
    CAPTURE(*text);
    CHECK(text->find(c.text) != std::string::npos);
  }
}

TEST_CASE("JSON that is no explanation") {
  const std::vector<Json> cases = {Json(),
                                   Json::array(),
                                   {{"name", "a"}},
                                   explanation({{"records", {1}}}),
                                   explanation({{"claimants", {{"wins", true}}}}),
                                   explanation({{"note", nullptr}}),
                                   Json::parse("{", nullptr, false)};
  for (const Json& json : cases) {
    CHECK(explanation_text(json).error() == "found JSON that is no explanation, expected the answer of a meshdns");
  }
}

}  // namespace
}  // namespace meshdns
