#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "k8s/api/reflector.h"
#include "tests/k8s/api/reflector_fixture.h"
#include "tests/k8s/api/temp_dir.h"
#include "tests/k8s/api/test_keys.h"

namespace meshdns {
namespace {

using namespace test;

TEST_CASE("an API server that is away at the start, and later") {
  Mirror mirror;
  const uint16_t port = mirror.api.port();
  mirror.api.stop();
  mirror.api.script = {{kDiscovery, 200, kGroup}, {kStream, 200, added("a", 3) + listed(7), Ending::kOpen}};
  mirror.reflector.start();
  REQUIRE(run_until(mirror.loop, [&] { return mirror.source.errors(SourceError::kConnect) >= 2; }));
  mirror.api.listen(port);
  REQUIRE(run_until(mirror.loop, [&] { return mirror.notes.text == "[ +a.3 ] /"; }));

  mirror.api.stop();
  REQUIRE(run_until(mirror.loop, [&] { return mirror.source.errors(SourceError::kConnect) >= 5; }));
  mirror.api.script = {{probe(7), 200, "{}"}, {watch(7), 200, added("b", 9), Ending::kOpen}};
  mirror.api.listen(port);
  REQUIRE(run_until(mirror.loop, [&] { return mirror.notes.text == "[ +a.3 ] / +b.9 /"; }));
  CHECK(mirror.source.relists() == 0);
  CHECK(mirror.api.surprises == std::vector<std::string>());
}

TEST_CASE("how long a server was away does not say how long to wait where it is back and not well") {
  using std::chrono::hours;
  using std::chrono::milliseconds;
  // Eight waits up to 192 ms, twice; sixteen of one backoff would take 98 s.
  Mirror mirror("", "", Backoff({milliseconds(1), hours(1), hours(1), hours(1)}, [] { return 0.5; }));
  mirror.api.script.assign(8, {kDiscovery, 200, "{", Ending::kBroken});
  mirror.api.script.insert(mirror.api.script.end(), 8, {kDiscovery, 503, "starting"});
  mirror.api.script.insert(mirror.api.script.end(),
                           {{kDiscovery, 200, kGroup}, {kStream, 200, listed(7), Ending::kOpen}});
  mirror.reflector.start();
  CHECK(run_until(mirror.loop, [&] { return mirror.notes.text == "[ ] /"; }));
  CHECK(mirror.api.surprises == std::vector<std::string>());
  CHECK(mirror.source.errors(SourceError::kConnect) == 8);
  CHECK(mirror.source.errors(SourceError::kServer) == 8);
}

TEST_CASE("Retry-After is honoured ten times in a row") {
  using std::chrono::hours;
  Backoff::Limits limits{hours(1), hours(1), hours(1), hours(1)};
  limits.longest_told = std::chrono::seconds(0);
  Mirror mirror("", "", Backoff(limits, [] { return 0.5; }));
  const auto busy = [&](const std::string& request) {
    for (int i = 0; i < 10; ++i) {
      mirror.api.script.push_back({request, 429, "", Ending::kComplete, "Retry-After: 1\r\n"});
    }
  };
  busy(kDiscovery);
  mirror.api.script.push_back({kDiscovery, 200, kGroup});
  busy(kStream);
  mirror.api.script.push_back({kStream, 200, listed(7), Ending::kOpen});
  mirror.reflector.start();
  CHECK(run_until(mirror.loop, [&] { return mirror.notes.text == "[ ] /"; }));
  CHECK(mirror.source.errors(SourceError::kThrottled) == 20);
  CHECK(mirror.api.surprises == std::vector<std::string>());
}

TEST_CASE("another token is tried at once, and once") {
  const TempDir dir, elsewhere;  // so that the client does not see that the file changes
  elsewhere.write("token", "one");
  std::filesystem::create_symlink(elsewhere.path() + "/token", dir.path() + "/token");
  using std::chrono::hours;
  Mirror mirror("", dir.path() + "/token", Backoff({hours(1), hours(1), hours(1), hours(1)}, [] { return 0.5; }));
  mirror.api.script = {{kDiscovery, 401, "{}"}, {kDiscovery, 200, kGroup}, {kStream, 401, "{}"}, {kStream, 401, "{}"}};
  mirror.reflector.start();
  elsewhere.write("token", "two");
  REQUIRE(run_until(mirror.loop, [&] { return mirror.source.errors(SourceError::kUnauthorized) == 2; }));
  CHECK(mirror.api.script.size() == 1);
  CHECK(mirror.api.requests.at(0).find("Bearer one") != std::string::npos);
  CHECK(mirror.api.requests.at(1).find("Bearer two") != std::string::npos);
}

TEST_CASE("other certificates cost no event") {
  const TempDir dir;
  const std::string ca = dir.write("ca.crt", make_certificate(make_key()));
  Mirror mirror("", "", quick(), ca);
  mirror.api.script = {{kDiscovery, 200, kGroup}, {kStream, 200, listed(7) + added("a", 8), Ending::kOpen}};
  mirror.reflector.start();
  REQUIRE(run_until(mirror.loop, [&] { return mirror.notes.text == "[ ] +a.8 /"; }));
  mirror.api.script = {{watch(8), 200, added("b", 9), Ending::kOpen}};
  dir.write("ca.crt", make_certificate(make_key()));
  REQUIRE(run_until(mirror.loop, [&] { return mirror.notes.text == "[ ] +a.8 / +b.9 /"; }));
  CHECK(mirror.source.errors(SourceError::kConnect) == 0);
}

}  // namespace
}  // namespace meshdns
