#include "k8s/stub/verify_pod.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

// Enough for hundreds of queries at once, and little enough for any quota.
constexpr const char* kMemory = "64Mi";
constexpr int kUser = 65532;  // the image's

Json container_json(const PodImage& image, const std::vector<std::string>& arguments) {
  return {{"name", "verify"},
          {"image", image.image},
          {"imagePullPolicy", "IfNotPresent"},
          {"command", {"meshdnsctl"}},
          {"args", arguments},
          {"terminationMessagePath", kTerminationLog},
          {"terminationMessagePolicy", "File"},
          {"resources", {{"requests", {{"cpu", "10m"}, {"memory", kMemory}}}, {"limits", {{"memory", kMemory}}}}},
          {"securityContext",
           {{"allowPrivilegeEscalation", false},
            {"capabilities", {{"drop", Json::array({"ALL"})}}},
            {"readOnlyRootFilesystem", true}}}};
}

Json spec_json(const PodImage& image, const std::vector<std::string>& arguments, std::chrono::seconds deadline) {
  Json secrets = Json::array();
  for (const std::string& secret : image.pull_secrets) secrets.push_back({{"name", secret}});
  return {{"restartPolicy", "Never"},
          {"activeDeadlineSeconds", deadline.count()},
          {"terminationGracePeriodSeconds", 0},
          {"automountServiceAccountToken", false},
          {"enableServiceLinks", false},
          {"dnsPolicy", "Default"},
          {"nodeSelector", {{"kubernetes.io/os", "linux"}}},
          {"imagePullSecrets", secrets},
          {"securityContext",
           {{"runAsNonRoot", true},
            {"runAsUser", kUser},
            {"runAsGroup", kUser},
            {"seccompProfile", {{"type", "RuntimeDefault"}}}}},
          {"containers", Json::array({container_json(image, arguments)})}};
}

/// A reason and a message, as statuses and conditions have them; empty where there is neither.
std::string said(const Json& status) {
  const std::string reason = status.value("reason", "");
  const std::string message = status.value("message", "");
  return printable(reason + (reason.empty() || message.empty() ? "" : ": ") + message);
}

/// Those that no waiting mends.
bool is_hopeless(const std::string& reason) {
  static constexpr std::array<std::string_view, 6> kReasons = {"ImagePullBackOff",           "InvalidImageName",
                                                               "ErrImageNeverPull",          "CreateContainerError",
                                                               "CreateContainerConfigError", "RunContainerError"};
  return std::ranges::count(kReasons, reason) > 0;
}

std::string unscheduled(const Json& status) {
  for (const Json& condition : status.value("conditions", Json::array())) {
    if (condition.value("type", "") == "PodScheduled" && condition.value("status", "") == "False")
      return said(condition);
  }
  return "";
}

PodOutcome outcome_of(const Json& pod) {
  using State = PodOutcome::State;
  const Json status = pod.value("status", Json::object());
  const std::string phase = status.value("phase", "Pending");
  for (const Json& container : status.value("containerStatuses", Json::array())) {
    const Json state = container.value("state", Json::object());
    if (state.contains("terminated")) {
      const Json& ended = state["terminated"];
      const std::string message = ended.value("message", "");
      if (!message.empty()) return {State::kReported, message};
      return {State::kFailed, "it ended with " + std::to_string(ended.value("exitCode", 0)) + " and without a report" +
                                  (said(ended).empty() ? "" : " (" + said(ended) + ")")};
    }
    if (state.contains("waiting")) {
      const bool hopeless = is_hopeless(state["waiting"].value("reason", ""));
      return {hopeless ? State::kFailed : State::kWaiting, said(state["waiting"])};
    }
  }
  if (phase == "Failed" || phase == "Succeeded") {
    return {State::kFailed, "it has ended without a report" + (said(status).empty() ? "" : ": " + said(status))};
  }
  const std::string why = unscheduled(status);
  return {State::kWaiting, why.empty() ? "its phase is " + printable(phase) : why};
}

/// What `read` makes of the JSON; its second argument where that is not what it should be.
template <class T, class Read>
T read_json(std::string_view text, T otherwise, const Read& read) {
  try {
    return read(Json::parse(text));
  } catch (const Json::exception&) {
    return otherwise;
  }
}

}  // namespace

std::string verify_pod_json(const std::string& name_space, const PodImage& image,
                            const std::vector<std::string>& arguments, std::chrono::seconds deadline) {
  return Json{{"apiVersion", "v1"},
              {"kind", "Pod"},
              {"metadata",
               {{"generateName", "meshdnsctl-stub-verify-"},
                {"namespace", name_space},
                {"labels",
                 {{"app.kubernetes.io/name", "meshdnsctl"},
                  {"app.kubernetes.io/component", "stub-verify"},
                  {"app.kubernetes.io/part-of", "meshdns"},
                  {"app.kubernetes.io/managed-by", "meshdnsctl"},
                  {"sidecar.istio.io/inject", "false"}}}}},
              {"spec", spec_json(image, arguments, deadline)}}
      .dump();
}

PodOutcome verify_pod_outcome(std::string_view pod) {
  return read_json(pod, PodOutcome{PodOutcome::State::kFailed, "the API server answers with something that is no Pod"},
                   outcome_of);
}

std::optional<std::string> object_name(std::string_view object) {
  return read_json<std::optional<std::string>>(object, std::nullopt, [](const Json& parsed) {
    return std::optional(parsed.at("metadata").at("name").get<std::string>());
  });
}

std::optional<PodImage> meshdns_image(std::string_view pods) {
  const auto read = [](const Json& list) -> std::optional<PodImage> {
    for (const Json& pod : list.at("items")) {
      const Json& containers = pod.at("spec").at("containers");
      const auto named =
          std::ranges::find_if(containers, [](const Json& c) { return c.value("name", "") == "meshdns"; });
      const Json& container = named == containers.end() ? containers.at(0) : *named;
      PodImage image{container.at("image").get<std::string>(), {}};
      for (const Json& secret : pod.at("spec").value("imagePullSecrets", Json::array())) {
        image.pull_secrets.push_back(secret.at("name").get<std::string>());
      }
      return image;
    }
    return std::nullopt;
  };
  return read_json<std::optional<PodImage>>(pods, std::nullopt, read);
}

std::optional<SelectedPods> first_service_pods(std::string_view services) {
  const auto read = [](const Json& list) -> std::optional<SelectedPods> {
    const Json& service = list.at("items").at(0);
    SelectedPods pods{service.at("metadata").at("namespace").get<std::string>(), {}};
    const Json labels = service.at("spec").value("selector", Json::object());
    for (const auto& [label, value] : labels.items()) {
      pods.selector += (pods.selector.empty() ? "" : ",") + label + "=" + value.get<std::string>();
    }
    return pods.selector.empty() ? std::nullopt : std::optional(pods);
  };
  return read_json<std::optional<SelectedPods>>(services, std::nullopt, read);
}

}  // namespace meshdns
