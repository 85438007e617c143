#pragma once

// A verification in a short-lived Pod, where a ClusterIP can be reached. The Pod is deleted, whatever comes of it; where this program is killed,
// its deadline ends it.

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "k8s/stub/verification.h"
#include "k8s/stub/verify_pod.h"
#include "zone/result.h"

namespace meshdns {

class Cluster;

/// Where such Pods run, and of which image.
struct PodPlace {
  std::string name_space;
  PodImage image;
};

/// Beside the meshdns that one of `servers` is the Service of, with its image. `image`: to be taken instead; `name_space`: where there is no
/// such Service. The error says what to give.
Result<PodPlace> find_pod_place(Cluster& cluster, const std::vector<Hop>& servers, const std::string& image,
                                const std::string& name_space);

/// The report. The error: there is none, and why.
Result<nlohmann::ordered_json> verify_in_pod(Cluster& cluster, const PodPlace& place, const VerificationPlan& plan,
                                             std::chrono::milliseconds wait);

/// The command line of meshdnsctl that carries out the plan and needs no cluster.
std::vector<std::string> verify_arguments(const VerificationPlan& plan, std::chrono::milliseconds wait);

}  // namespace meshdns
