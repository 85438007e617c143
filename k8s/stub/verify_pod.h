#pragma once

// The Pod that verifies where pods are: short-lived, of meshdns's image, without access to the API. What it finds it writes into its
// termination message. Pure functions.
//
// Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/, and the restricted profile of
// https://kubernetes.io/docs/concepts/security/pod-security-standards/

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zone/result.h"

namespace meshdns {

struct PodImage {
  std::string image;
  std::vector<std::string> pull_secrets;  // in the pod's namespace

  bool operator==(const PodImage&) const = default;
};

/// Where the container leaves its report.
inline constexpr const char* kTerminationLog = "/dev/termination-log";

/// Of the pods that verify, and no others.
inline constexpr const char* kVerifyPodSelector =
    "app.kubernetes.io/name=meshdnsctl,app.kubernetes.io/component=stub-verify";

/// The whole Pod as JSON; the API server gives it a name. `arguments`: of meshdnsctl. It is ended after `deadline`.
std::string verify_pod_json(const std::string& name_space, const PodImage& image,
                            const std::vector<std::string>& arguments, std::chrono::seconds deadline);

/// What has become of it.
struct PodOutcome {
  enum class State : uint8_t {
    kWaiting,
    kReported,
    kFailed,  // it will leave no report
  } state = State::kWaiting;
  std::string text;  // kReported: the termination message; else why, for people
};

/// Of a Pod as the API server has it.
PodOutcome verify_pod_outcome(std::string_view pod);

/// The name that the API server gave it.
std::optional<std::string> object_name(std::string_view object);

/// The image that pods of a PodList run under the name meshdns, else that of the first container; nothing where there are none.
std::optional<PodImage> meshdns_image(std::string_view pods);

/// The pods behind a Service.
struct SelectedPods {
  std::string name_space;
  std::string selector;  // for labelSelector

  bool operator==(const SelectedPods&) const = default;
};

/// Those of the first Service of a ServiceList; nothing where there is none, or it selects nothing.
std::optional<SelectedPods> first_service_pods(std::string_view services);

}  // namespace meshdns
