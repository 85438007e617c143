#include "k8s/stub/flavour_platform.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

enum class By : uint8_t { kLabel, kAnnotation, kName, kVersion, kProvider };

struct Sign {
  By by;
  std::string_view what;   // the key's beginning, or the name's; a part of the version
  std::string_view value;  // of a label; empty: any
  std::string_view platform;
};

// The more particular first: kind's and minikube's nodes are kubeadm's, Autopilot's are GKE's.
constexpr std::array kSigns = {
    Sign{By::kLabel, "node.openshift.io/", "", "OpenShift"},
    Sign{By::kLabel, "worker.gardener.cloud/", "", kGardener},
    Sign{By::kLabel, "cloud.google.com/gke-autopilot", "", kGkeAutopilot},
    Sign{By::kName, "gk3-", "", kGkeAutopilot},
    Sign{By::kLabel, "cloud.google.com/gke-", "", kGke},
    Sign{By::kLabel, "kubernetes.azure.com/", "", "AKS"},
    Sign{By::kLabel, "eks.amazonaws.com/", "", "EKS"},
    Sign{By::kLabel, "alpha.eksctl.io/", "", "EKS"},
    Sign{By::kVersion, "-eks-", "", "EKS"},
    Sign{By::kLabel, "doks.digitalocean.com/", "", "DigitalOcean"},
    Sign{By::kLabel, "k8s.scaleway.com/", "", "Scaleway Kapsule"},
    Sign{By::kVersion, "+rke2", "", "RKE2"},
    Sign{By::kLabel, "node.kubernetes.io/instance-type", "rke2", "RKE2"},
    Sign{By::kVersion, "+k3s", "", "k3s"},
    Sign{By::kLabel, "node.kubernetes.io/instance-type", "k3s", "k3s"},
    Sign{By::kLabel, "microk8s.io/", "", "MicroK8s"},
    Sign{By::kVersion, "+k0s", "", "k0s"},
    Sign{By::kLabel, "node.k0sproject.io/", "", "k0s"},
    Sign{By::kLabel, "kops.k8s.io/", "", "kOps"},
    Sign{By::kLabel, "minikube.k8s.io/", "", "minikube"},
    Sign{By::kProvider, "kind://", "", "kind"},
    Sign{By::kAnnotation, "kubeadm.alpha.kubernetes.io/", "", "kubeadm"},
};

/// The entry whose key begins as the sign says, as "KEY: VALUE".
std::string entry(const Sign& sign, const TextMap& map) {
  for (auto found = map.lower_bound(std::string(sign.what)); found != map.end(); ++found) {
    if (!found->first.starts_with(sign.what)) break;
    if (sign.value.empty() || found->second == sign.value) return found->first + ": " + found->second;
  }
  return {};
}

std::string evidence_of(const Sign& sign, const ObservedNode& node) {
  const auto fact = [&](std::string_view what, const std::string& value) {
    return value.empty() ? "" : node.text() + std::string(what) + printable(value);
  };
  switch (sign.by) {
    case By::kLabel:
      return fact(" has the label ", entry(sign, node.labels));
    case By::kAnnotation:
      return fact(" has the annotation ", entry(sign, node.annotations));
    case By::kName:
      return node.name.starts_with(sign.what) ? node.text() + " is named as Autopilot's are" : "";
    case By::kVersion:
      return node.kubelet_version.find(sign.what) == std::string::npos ? ""
                                                                       : fact(" runs kubelet ", node.kubelet_version);
    case By::kProvider:
      return node.provider_id.starts_with(sign.what) ? fact(" is ", node.provider_id) : "";
  }
  return {};
}

}  // namespace

Platform platform_of(const ObservedDns& observed) {
  for (const Sign& sign : kSigns) {
    for (const ObservedNode& node : observed.nodes) {
      std::string evidence = evidence_of(sign, node);
      if (!evidence.empty()) return {std::string(sign.platform), std::move(evidence)};
    }
  }
  return {};
}

}  // namespace meshdns
