#include "k8s/stub/detected_dns.h"

#include <algorithm>
#include <utility>

#include "k8s/api/api_objects.h"
#include "k8s/api/url.h"

namespace meshdns {

std::string_view text(Flavour flavour) {
  static constexpr std::array<std::string_view, 9> kTexts = {
      "unknown",
      "CoreDNS",
      "CoreDNS with imported server blocks",
      "kube-dns",
      "RKE2's CoreDNS",
      "the EKS add-on CoreDNS",
      "OpenShift's CoreDNS",
      "GKE Autopilot's DNS",
      "Cloud DNS for GKE",
  };
  return kTexts[static_cast<size_t>(flavour)];
}

std::string_view slug(Flavour flavour) {
  static constexpr std::array<std::string_view, 9> kSlugs = {"unknown",   "coredns",       "coredns-custom",
                                                             "kube-dns",  "rke2",          "eks-addon",
                                                             "openshift", "gke-autopilot", "gke-cloud-dns"};
  return kSlugs[static_cast<size_t>(flavour)];
}

StubTarget StubPlace::target_of(const Name& zone) const {
  StubTarget filled = target;
  const size_t star = filled.key.find('*');
  if (star != std::string::npos) filled.key.replace(star, 1, record_name(zone));
  return filled;
}

std::string WorkloadName::text() const { return kind + " " + printable(name_space + "/" + name); }

std::string WorkloadName::path() const {
  return "/apis/apps/v1/namespaces/" + url_escape(name_space) +
         (kind == "DaemonSet" ? "/daemonsets/" : "/deployments/") + url_escape(name);
}

Result<DetectedDns> with_flavour(DetectedDns detected, std::string_view flavour) {
  if (detected.refusal) return detected;
  std::string there;
  std::vector<StubPlace> forced;
  for (const StubPlace& place : detected.places) {
    const auto offer = [&](bool read, std::string_view name) {
      if (!read) return;
      there += (there.empty() ? "" : " and ") + std::string(name);
      if (name == flavour) forced.push_back(place);
    };
    offer(place.dns, kForcedFlavours[static_cast<size_t>(place.form)]);
    offer(place.node_local, kForcedFlavours.back());
  }
  if (forced.empty()) return Error{"found " + there + " in this cluster, expected " + printable(flavour)};
  const auto behind_it = [](const StubPlace& place) { return place.node_local; };
  if (detected.node_local && std::ranges::none_of(forced, behind_it)) {
    detected.warnings.push_back("pods that ask " + detected.node_local->workload + " never see what " +
                                std::string(flavour) + " forwards: it answers in front of it");
  }
  detected.places = std::move(forced);
  return detected;
}

}  // namespace meshdns
