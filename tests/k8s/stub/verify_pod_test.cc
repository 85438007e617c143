#include "k8s/stub/verify_pod.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace meshdns {
namespace {

using namespace std::chrono_literals;
using State = PodOutcome::State;

TEST_CASE("the pod") {
  const auto pod = nlohmann::json::parse(
      verify_pod_json("mesh", {"meshdns:0.1.0", {"registry"}}, {"stub", "verify", "--zone", "global"}, 60s));
  CHECK(pod["metadata"]["namespace"] == "mesh");
  const auto& spec = pod["spec"];
  CHECK(spec["restartPolicy"] == "Never");
  CHECK(spec["activeDeadlineSeconds"] == 60);
  CHECK(spec["automountServiceAccountToken"] == false);
  CHECK(spec["imagePullSecrets"][0]["name"] == "registry");
  const auto& container = spec["containers"][0];
  CHECK(container["image"] == "meshdns:0.1.0");
  CHECK(container["args"] == std::vector<std::string>{"stub", "verify", "--zone", "global"});
  CHECK(container["terminationMessagePath"] == kTerminationLog);
  CHECK(container["securityContext"]["capabilities"]["drop"][0] == "ALL");
}

TEST_CASE("what has become of it") {
  struct Case {
    const char* pod;
    State state;
    const char* text;
  };
  for (
      const Case& c : std::vector<Case>{
          {R"({})", State::kWaiting, "its phase is Pending"},
          {R"({"status": {"phase": "Running"}})", State::kWaiting, "its phase is Running"},
          {R"({"status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}]}})",
           State::kWaiting, "Unschedulable: 0/3 nodes"},
          {R"({"status": {"containerStatuses": [{"state": {"waiting": {"reason": "ContainerCreating"}}}]}})",
           State::kWaiting, "ContainerCreating"},
          {R"({"status": {"containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}]}})",
           State::kFailed, "ImagePullBackOff: no such image"},
          {R"({"status": {"containerStatuses": [{"state": {"terminated": {"exitCode": 0, "message": "{}"}}}]}})",
           State::kReported, "{}"},
          {R"({"status": {"containerStatuses": [{"state": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}]}})",
           State::kFailed, "it ended with 137 and without a report (OOMKilled)"},
          {R"({"status": {"phase": "Failed", "reason": "DeadlineExceeded"}})", State::kFailed,
           "it has ended without a report: DeadlineExceeded"},
          {R"({"status": {"phase": 7}})", State::kFailed, "the API server answers with something that is no Pod"},
          {"<html>", State::kFailed, "the API server answers with something that is no Pod"},
      }) {
    CAPTURE(std::string(c.pod));
    const PodOutcome outcome = verify_pod_outcome(c.pod);
    CHECK(outcome.state == c.state);
    CHECK(outcome.text == c.text);
  }
}

TEST_CASE("the image of the pods behind a Service") {
  struct Case {
    const char* pods;
    const char* image;
  };
  for (
      const Case& c : std::vector<Case>{
          {R"({"items": []})", ""},
          {R"({"items": [{"spec": {"containers": [{"name": "meshdns", "image": "a:1"}]}}]})", "a:1"},
          {R"({"items": [{"spec": {"containers": [{"name": "istio-proxy", "image": "b:1"}, {"name": "meshdns", "image": "a:1"}]}}]})",
           "a:1"},
          {R"({"items": [{"spec": {"containers": [{"name": "dns", "image": "c:1"}]}}]})", "c:1"},
          {R"({"items": [{"spec": {}}]})", ""},
          {"", ""},
      }) {
    CAPTURE(std::string(c.pods));
    const auto image = meshdns_image(c.pods);
    CHECK((image ? image->image : "") == c.image);
  }
}

TEST_CASE("what a Service selects") {
  struct Case {
    const char* services;
    std::optional<SelectedPods> pods;
  };
  for (const Case& c : std::vector<Case>{
           {R"({"items": [{"metadata": {"namespace": "mesh"}, "spec": {"selector": {"a": "1", "b": "2"}}}]})",
            SelectedPods{"mesh", "a=1,b=2"}},
           {R"({"items": [{"metadata": {"namespace": "mesh"}, "spec": {}}]})", std::nullopt},
           {R"({"items": [{"metadata": {"namespace": "mesh"}, "spec": {"selector": {"a": 1}}}]})", std::nullopt},
           {R"({"items": []})", std::nullopt},
           {"", std::nullopt},
       }) {
    CAPTURE(std::string(c.services));
    CHECK(first_service_pods(c.services) == c.pods);
  }
}

TEST_CASE("names") {
  CHECK(object_name(R"({"metadata": {"name": "x-1"}})") == "x-1");
  CHECK_FALSE(object_name(R"({"metadata": {}})"));
}

}  // namespace
}  // namespace meshdns
