#include "k8s/mesh/failover_samples.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

using std::chrono::milliseconds;

EnvoyEndpoint endpoint(const std::string& address, uint64_t total, uint64_t success = 0, uint64_t error = 0,
                       uint64_t refused = 0) {
  return {"c", address, "region1", total, success, error, refused, false};
}

EndpointState last(const FailoverSamples& samples, size_t endpoint) {
  return samples.samples().back().endpoints.at(endpoint);
}

TEST_CASE("what has grown since the first page") {
  struct Case {
    const char* what;
    CountedBy counted;
    std::vector<std::vector<EnvoyEndpoint>> pages;
    EndpointState grown;  // of a:1
  };
  const std::vector<Case> cases = {
      {"what was there before does not count", CountedBy::kRequest, {{endpoint("a:1", 9, 8, 7, 6)}}, {}},
      {"attempts that failed to connect",
       CountedBy::kRequest,
       {{endpoint("a:1", 9, 8, 1)}, {endpoint("a:1", 12, 11, 3, 2)}},
       {5, 3, 2}},
      {"connections", CountedBy::kConnection, {{endpoint("a:1", 9)}, {endpoint("a:1", 12, 0, 0, 2)}}, {5, 3, 2}},
      {"a new one", CountedBy::kRequest, {{}, {endpoint("a:1", 3, 2, 1)}}, {3, 2, 1}},
      {"one that is gone keeps what it had",
       CountedBy::kRequest,
       {{endpoint("a:1", 1, 1)}, {endpoint("a:1", 5, 5)}, {}},
       {4, 4, 0, false, false}},
      {"one that comes back counts anew",
       CountedBy::kRequest,
       {{endpoint("a:1", 1, 1)}, {endpoint("a:1", 5, 5)}, {}, {endpoint("a:1", 2, 2)}},
       {6, 6}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    FailoverSamples samples(c.counted);
    milliseconds now{0};
    for (const auto& page : c.pages) samples.add(page, now, now + milliseconds(5)), now += milliseconds(100);
    REQUIRE(samples.endpoints() == std::vector<FailoverEndpoint>{{"c", "a:1", "region1"}});
    CHECK(last(samples, 0) == c.grown);
    CHECK(samples.samples().back().told == now - milliseconds(95));
  }
}

TEST_CASE("more endpoints than there is room for") {
  std::vector<EnvoyEndpoint> page;
  for (size_t i = 0; i <= FailoverSamples::kMostEndpoints; ++i) page.push_back(endpoint(std::to_string(i), 1));
  FailoverSamples samples(CountedBy::kRequest);
  samples.add({page.begin(), page.end() - 1}, milliseconds(0), milliseconds(1));
  CHECK_FALSE(samples.too_many());
  samples.add(page, milliseconds(2), milliseconds(3));
  CHECK(samples.too_many());
  CHECK(samples.endpoints().size() == FailoverSamples::kMostEndpoints);
}

}  // namespace
}  // namespace meshdns
