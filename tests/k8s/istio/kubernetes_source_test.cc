#include "k8s/istio/kubernetes_source.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "k8s/api/credentials.h"
#include "tests/k8s/api/fake_api.h"
#include "tests/k8s/istio/log_capture.h"
#include "tests/k8s/istio/world.h"

namespace meshdns {
namespace {

using std::chrono::seconds;

std::string event(const std::string& type, const std::string& name) {
  return R"({"type": ")" + type + R"(", "object": {"metadata": {"name": ")" + name +
         R"(", "namespace": "bar", "resourceVersion": "7"}, "spec": {"hosts": [")" + name +
         R"(.bar.global"], "addresses": ["240.0.0.2"]}}})"
         "\n";
}

const std::string kListEnds = R"({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "9", "annotations":)"
                              R"( {"k8s.io/initial-events-end": "true"}}}})"
                              "\n";

const Exchange kDiscovery{"GET /apis/networking.istio.io ", 200,
                          R"({"kind": "APIGroup", "versions": [{"version": "v1"}]})"};

struct Mirror {
  void start(std::vector<std::string> namespaces, WithdrawalGuard::Limits limits = {}) {
    source.emplace(loop, ClusterAccess{api.url(), {}, "", "", ""}, std::move(namespaces), world.feed(), limits);
    source->start();
  }
  bool answers(const std::string& name, const std::string& expected) {
    return run_until(loop, [&] { return world.answer(name) == expected; });
  }

  TestLoop loop;
  FakeApi api{loop};
  World world;
  std::optional<KubernetesSource> source;
};

TEST_CASE("a cluster's ServiceEntries are answered") {
  Mirror mirror;
  mirror.api.script = {kDiscovery,
                       {"/apis/networking.istio.io/v1/serviceentries?", 200, event("ADDED", "a"), Ending::kOpen}};
  mirror.start({});
  CHECK(mirror.answers("a.bar.global", "240.0.0.2"));
  CHECK(mirror.world.answer("b.bar.global") == "not ready");
  mirror.api.push(kListEnds);
  CHECK(mirror.answers("b.bar.global", "nxdomain"));
  CHECK(mirror.world.source.synced());
  mirror.api.push(event("ADDED", "b") + event("DELETED", "a"));
  CHECK(mirror.answers("b.bar.global", "240.0.0.2"));
  CHECK(mirror.world.answer("a.bar.global") == "nxdomain");
  CHECK(mirror.api.surprises.empty());
  mirror.source.reset();
  mirror.api.stop();
}

TEST_CASE("a source of some namespaces has synced when each has listed") {
  Mirror mirror;
  mirror.api.script = {
      kDiscovery,
      kDiscovery,
      {"/apis/networking.istio.io/v1/namespaces/", 200, event("ADDED", "a") + kListEnds, Ending::kOpen},
      {"/apis/networking.istio.io/v1/namespaces/", 200, event("ADDED", "b"), Ending::kOpen}};
  mirror.start({"foo", "bar", "foo"});
  CHECK(mirror.answers("a.bar.global", "240.0.0.2"));
  CHECK(mirror.answers("b.bar.global", "240.0.0.2"));
  CHECK(mirror.world.answer("c.bar.global") == "not ready");
  mirror.api.push(kListEnds);
  CHECK(mirror.answers("c.bar.global", "nxdomain"));
  CHECK(mirror.api.surprises.empty());
  for (const char* name_space : {"/namespaces/foo/", "/namespaces/bar/"}) {
    const auto asks = [&](const std::string& request) { return request.find(name_space) != std::string::npos; };
    CHECK(std::count_if(mirror.api.requests.begin(), mirror.api.requests.end(), asks) == 1);
  }
  mirror.source.reset();
  mirror.api.stop();
}

TEST_CASE("a mass withdrawal is held until a list agrees, which the source asks for, or until the operator does") {
  const std::string all = event("ADDED", "a") + event("ADDED", "b") + event("ADDED", "c");
  const std::string none = event("DELETED", "a") + event("DELETED", "b") + event("DELETED", "c");
  const char* const kStream = "/apis/networking.istio.io/v1/serviceentries?";
  for (const bool released : {false, true}) {
    Mirror mirror;
    LogCapture log;
    mirror.api.script = {kDiscovery, {kStream, 200, all + kListEnds + none, Ending::kOpen}};
    if (!released) mirror.api.script.push_back({kStream, 200, event("ADDED", "b") + kListEnds, Ending::kOpen});
    mirror.start({}, {.small = 2, .window = seconds{10}, .delay = seconds{released ? 60 : 0}});
    if (released) {
      CHECK(run_until(mirror.loop, [&] { return mirror.world.source.withdrawals_held() == 3; }));
      CHECK(mirror.world.answer("a.bar.global") == "240.0.0.2");
      mirror.source->release_withdrawals();
    }
    CHECK(mirror.answers("a.bar.global", "nxdomain"));
    CHECK(mirror.world.answer("b.bar.global") == (released ? "nxdomain" : "240.0.0.2"));
    CHECK(mirror.world.source.withdrawals_held() == 0);
    CHECK(log.take().size() == 2);
    CHECK(mirror.api.surprises.empty());
    mirror.source.reset();
    mirror.api.stop();
  }
}

}  // namespace
}  // namespace meshdns
