#include "k8s/api/object_owner.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

using Kind = Owner::Kind;

enum class In : uint8_t { kLabel, kAnnotation, kManager };

struct Mark {
  In in;
  std::string_view key;
  std::string_view value;  // empty: any
  Kind kind;
  std::string_view named_by;  // the label or annotation with the owner's name; empty: the value is it
};

// https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/, https://fluxcd.io/flux/components/kustomize/kustomizations/,
// https://helm.sh/docs/chart_best_practices/labels/, and what kube-addon-manager, k3s and EKS leave on what they write.
constexpr std::array kMarks = {
    Mark{In::kAnnotation, "argocd.argoproj.io/tracking-id", "", Kind::kArgoCd, ""},
    Mark{In::kLabel, "argocd.argoproj.io/instance", "", Kind::kArgoCd, ""},
    Mark{In::kManager, "argocd-controller", "", Kind::kArgoCd, "app.kubernetes.io/instance"},
    Mark{In::kManager, "argocd-application-controller", "", Kind::kArgoCd, "app.kubernetes.io/instance"},
    Mark{In::kLabel, "kustomize.toolkit.fluxcd.io/name", "", Kind::kFlux, ""},
    Mark{In::kLabel, "helm.toolkit.fluxcd.io/name", "", Kind::kFlux, ""},
    Mark{In::kManager, "kustomize-controller", "", Kind::kFlux, "app.kubernetes.io/name"},
    Mark{In::kAnnotation, "objectset.rio.cattle.io/owner-name", "", Kind::kK3s, ""},
    Mark{In::kAnnotation, "meta.helm.sh/release-name", "", Kind::kHelm, ""},
    Mark{In::kLabel, "app.kubernetes.io/managed-by", "Helm", Kind::kHelm, "app.kubernetes.io/instance"},
    Mark{In::kManager, "eks", "", Kind::kEks, "eks.amazonaws.com/component"},
    Mark{In::kLabel, "addonmanager.kubernetes.io/mode", "Reconcile", Kind::kAddonManager, "k8s-app"},
};

const std::string* value_of(const TextMap& map, std::string_view key) {
  const auto found = map.find(std::string(key));
  return found == map.end() ? nullptr : &found->second;
}

std::string name_by(const ObservedObject& object, std::string_view key) {
  const std::string* name = value_of(object.labels, key);
  return name == nullptr ? object.name : *name;
}

/// The owner that the mark tells of, if the object has it.
Owner owner_by(const Mark& mark, const ObservedObject& object) {
  const std::string key(mark.key);
  if (mark.in == In::kManager) {
    if (std::ranges::count(object.managers, key) == 0) return {};
    return {mark.kind, name_by(object, mark.named_by), {}, object.text() + " has fields that " + key + " manages"};
  }
  const std::string* value = value_of(mark.in == In::kLabel ? object.labels : object.annotations, key);
  if (value == nullptr || (!mark.value.empty() && *value != mark.value)) return {};
  return {mark.kind,
          mark.named_by.empty() ? *value : name_by(object, mark.named_by),
          {},
          object.text() + (mark.in == In::kLabel ? " has the label " : " has the annotation ") + key + ": " +
              printable(*value)};
}

Owner owner_by_reference(const ObservedObject& object, const std::string& owner) {
  const bool flagger = owner.starts_with("Canary ");
  return {Kind::kController,
          flagger ? "Flagger (" + owner + ")" : owner,
          {},
          object.text() + " is owned by " + printable(owner)};
}

}  // namespace

Owner owner_of(const ObservedObject& object) {
  if (!object.controller.empty()) return owner_by_reference(object, object.controller);
  for (const Mark& mark : kMarks) {
    Owner owner = owner_by(mark, object);
    if (owner.kind == Kind::kNobody) continue;
    const std::string* chart = value_of(object.labels, "helm.sh/chart");
    if (chart != nullptr) owner.chart = *chart;
    return owner;
  }
  return {};
}

Owner keeper_of(const ObservedObject& object) {
  return object.owner.empty() ? owner_of(object) : owner_by_reference(object, object.owner);
}

std::string text(const Owner& owner) {
  std::string name = printable(owner.name);
  switch (owner.kind) {
    case Kind::kNobody:
      return "nobody";
    case Kind::kHelm:
      return "Helm (release " + name + ")";
    case Kind::kArgoCd:
      return "Argo CD (" + name.substr(0, name.find(':')) + ")";
    case Kind::kFlux:
      return "Flux (" + name + ")";
    case Kind::kEks:
      return "the EKS add-on";
    case Kind::kAddonManager:
      return "the addon manager (mode Reconcile)";
    case Kind::kK3s:
      return "the addon controller (" + name + ")";
    case Kind::kController:
      return name;
  }
  return {};
}

}  // namespace meshdns
