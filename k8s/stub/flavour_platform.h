#pragma once

// Whose cluster it is: what nodes say of their distribution.

#include <string>

#include "k8s/stub/observed_dns.h"

namespace meshdns {

struct Platform {
  std::string name;      // "k3s"; empty where no node tells
  std::string evidence;  // "Node a has the label node.kubernetes.io/instance-type: k3s"
};

Platform platform_of(const ObservedDns& observed);

/// Platforms by name, as platform_of() gives them.
inline constexpr const char* kGardener = "Gardener";
inline constexpr const char* kGke = "GKE";
inline constexpr const char* kGkeAutopilot = "GKE Autopilot";

}  // namespace meshdns
