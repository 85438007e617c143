#include "cmd/ctl/stub_installation.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

const StubSite kCorefile{{"kube-system", "coredns", "Corefile"}, StubForm::kCorefile};

/// What is planned for one key, and what a roll-back would return to.
StubPlan plan_of(const std::string& before, const std::string& now, const std::string& then, const std::string& back) {
  return {{}, {{kCorefile, {}, false, before, before, now, then, back}}};
}

TEST_CASE("a plan that is made again is rolled back to what stood there before the first") {
  struct Case {
    const char* title;
    StubPlan earlier;
    StubPlan again;
    const char* back;
  };
  for (const Case& c : std::vector<Case>{
           {"written already", plan_of("a", "a", "a+x", "a"), plan_of("a", "a+x", "a+x", "a+x"), "a"},
           {"edited by others instead", plan_of("a", "a", "a+x", "a"), plan_of("b", "b", "b+x", "b"), "b"},
           {"written, then edited by others", plan_of("a", "a", "a+x", "a"), plan_of("b", "b+x", "b+x", "b+x"), "b"},
           {"other servers, written already", plan_of("a", "a+x", "a+y", "a+x"), plan_of("a", "a+y", "a+y", "a+y"),
            "a+x"},
           {"other servers, edited by others instead", plan_of("a", "a+x", "a+y", "a+x"),
            plan_of("b", "b+x", "b+y", "b+x"), "b+x"},
           {"left by one that was cut off", plan_of("a", "a+x", "a+x", "a"), plan_of("a", "a+x", "a+x", "a"), "a"},
       }) {
    CAPTURE(std::string(c.title));
    StubPlan plan = c.again;
    plan.stored.record = StubRecord{"global", {}, false, {}};  // the first attempt's
    plan.resume(c.earlier);
    CHECK(plan.changes.front().back == c.back);
    CHECK(!plan.stored.record);
  }
}

TEST_CASE("a record that says something else than the command line is written again") {
  const StubDomain stub{*Name::parse("global"), {*parse_dns_server("192.0.2.1"), *parse_dns_server("192.0.2.2")}};
  StubPlan plan;
  CHECK(plan.is_recorded(stub));
  plan.stored.record = StubRecord{"global", {"192.0.2.2", "192.0.2.1"}, true, {}};
  CHECK(plan.is_recorded(stub));
  plan.stored.record->servers.pop_back();
  CHECK(!plan.is_recorded(stub));
  plan.stored.record = StubRecord{"global", stub.server_texts(), false, {}};
  CHECK(!plan.is_recorded(stub));
}

}  // namespace
}  // namespace meshdns
