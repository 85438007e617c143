#include "cmd/ctl/verification_text.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

Json step(const char* hop, const char* question, const char* answer, bool ok) {
  return {{"hop", hop},
          {"over", "UDP"},
          {"question", question},
          {"answer", answer},
          {"milliseconds", 1.25},
          {"ok", ok},
          {"reason", ok ? "" : "expected an answer"}};
}

TEST_CASE("a line for each step, and the verdict at the end") {
  const Json report{
      {"passed", false},
      {"verdict", "cluster DNS 10.96.0.10 is\nsilent"},
      {"warnings", {"of a \x1b[31mkind"}},
      {"steps",
       {step("server 10.96.0.53", "global SOA", "NOERROR", true),
        step("cluster DNS 10.96.0.10", "meshdnsctl-0123456789abcdef.global A", "no answer within 2 s", false)}},
      {"leftOut", 3}};
  CHECK(
      verification_text(report) ==
      "HOP                     OVER  QUESTION               ANSWER                TIME    STATE\n"
      "server 10.96.0.53       UDP   global SOA             NOERROR               1.3 ms  ok\n"
      "cluster DNS 10.96.0.10  UDP   (a new name).global A  no answer within 2 s  1.3 ms  failed: expected an answer\n"
      "and 3 steps more, for which the Pod's report has no room\n"
      "note: of a \\x1b[31mkind\n"
      "failed: cluster DNS 10.96.0.10 is\\x0asilent\n");
}

}  // namespace
}  // namespace meshdns
