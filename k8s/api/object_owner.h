#pragma once

// Who writes an object again and again, so that an edit by others is taken back: sooner or later, and in silence.

#include <cstdint>
#include <string>

#include "k8s/api/observed_object.h"

namespace meshdns {

struct Owner {
  enum class Kind : uint8_t {
    kNobody,
    kHelm,
    kArgoCd,
    kFlux,
    kEks,  // the add-on
    kAddonManager,
    kK3s,         // its addon controller, and RKE2's
    kController,  // an ownerReference's: an operator
  };
  Kind kind = Kind::kNobody;
  std::string name;      // of the release, Application, Kustomization, object
  std::string chart;     // "coredns-1.44.3"; empty where it is not known
  std::string evidence;  // "ConfigMap kube-system/coredns has the label app.kubernetes.io/managed-by: Helm"
};

/// The first that there is evidence of, in the order of its weight: GitOps hands to Helm, and Helm to nobody.
Owner owner_of(const ObservedObject& object);

/// The same, for objects whose owners rewrite them even where they do not say that they are their controllers: any ownerReference counts.
Owner keeper_of(const ObservedObject& object);

/// "Helm (release coredns)"
std::string text(const Owner& owner);

}  // namespace meshdns
