#include "k8s/api/object_owner.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace meshdns {
namespace {

ObservedObject config_map(TextMap labels, TextMap annotations = {}, std::vector<std::string> managers = {}) {
  ObservedObject object;
  object.kind = "ConfigMap";
  object.name_space = "kube-system";
  object.name = "coredns";
  object.labels = std::move(labels);
  object.annotations = std::move(annotations);
  object.managers = std::move(managers);
  return object;
}

TEST_CASE("who would take an edit back") {
  struct Case {
    ObservedObject object;
    std::string owner;
  };
  const std::vector<Case> cases = {
      {config_map({}), "nobody"},
      {config_map({}, {}, {"kubectl", "kubeadm", "kubectl-client-side-apply"}), "nobody"},
      {config_map({{"addonmanager.kubernetes.io/mode", "EnsureExists"}}), "nobody"},
      {config_map({{"app.kubernetes.io/managed-by", "kops"}}), "nobody"},
      {config_map({{"app.kubernetes.io/managed-by", "Helm"}}), "Helm (release coredns)"},
      {config_map({{"app.kubernetes.io/managed-by", "Helm"}, {"app.kubernetes.io/instance", "dns"}}),
       "Helm (release dns)"},
      {config_map({}, {{"meta.helm.sh/release-name", "dns"}}), "Helm (release dns)"},
      {config_map({{"argocd.argoproj.io/instance", "dns"}}), "Argo CD (dns)"},
      {config_map({{"app.kubernetes.io/instance", "dns"}}, {}, {"argocd-controller"}), "Argo CD (dns)"},
      {config_map({{"app.kubernetes.io/managed-by", "Helm"}},
                  {{"argocd.argoproj.io/tracking-id", "dns:/ConfigMap:a/b"}}),
       "Argo CD (dns)"},
      {config_map({{"helm.toolkit.fluxcd.io/name", "dns"}}, {{"meta.helm.sh/release-name", "other"}}), "Flux (dns)"},
      {config_map({{"kustomize.toolkit.fluxcd.io/name", "infra"}}, {}, {"kustomize-controller"}), "Flux (infra)"},
      {config_map({}, {}, {"eks"}), "the EKS add-on"},
      {config_map({}, {}, {"eks-anywhere"}), "nobody"},
      {config_map({{"addonmanager.kubernetes.io/mode", "Reconcile"}}), "the addon manager (mode Reconcile)"},
      {config_map({}, {{"objectset.rio.cattle.io/owner-name", "coredns"}}), "the addon controller (coredns)"},
      {config_map({{"argocd.argoproj.io/instance", "\x1b[2J"}}), "Argo CD (?[2J)"},
  };
  for (const Case& each : cases) {
    const Owner owner = owner_of(each.object);
    CHECK(text(owner) == each.owner);
    CHECK(owner.evidence.empty() == (owner.kind == Owner::Kind::kNobody));
  }
}

TEST_CASE("an operator comes before all others") {
  ObservedObject object = config_map({{"app.kubernetes.io/managed-by", "Helm"}});
  object.controller = "DNS default";
  CHECK(text(owner_of(object)) == "DNS default");
  CHECK(owner_of(object).evidence == "ConfigMap kube-system/coredns is owned by DNS default");
}

TEST_CASE("who keeps an object of a mesh") {
  const std::string base = R"({"metadata": {"name": "a", "namespace": "b")";
  struct Case {
    std::string metadata;
    const char* keeper;
  };
  for (const Case& c : std::vector<Case>{
           {"", "nobody"},
           {R"(, "labels": {"app.kubernetes.io/managed-by": "Helm"})", "Helm (release a)"},
           {R"(, "ownerReferences": [{"kind": "Canary", "name": "x", "controller": true}])", "Flagger (Canary x)"},
           {R"(, "ownerReferences": [{"kind": "Mesh", "name": "x"}])", "Mesh x"},
           {R"(, "ownerReferences": [{"kind": "A", "name": "x"}, {"kind": "B", "name": "y", "controller": true}])",
            "B y"}}) {
    CAPTURE(c.metadata);
    const auto object = observed_object(nlohmann::json::parse(base + c.metadata + "}}"), "VirtualService");
    CHECK(text(keeper_of(object)) == c.keeper);
  }
}

}  // namespace
}  // namespace meshdns
