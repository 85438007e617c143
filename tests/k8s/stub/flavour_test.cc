#include "k8s/stub/flavour.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/k8s/stub/cluster_fixture.h"

namespace meshdns {
namespace {

using Texts = std::vector<std::string>;

DetectedDns detect(const std::string& cluster) { return detect_dns(observed(ClusterFixture(cluster))); }

std::string joined(const Texts& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

/// "NAMESPACE/CONFIGMAP KEY", for NodeLocal DNSCache's with "node-local " before it, for one that is to be created with "new " before that.
std::string places(const DetectedDns& dns) {
  Texts texts;
  for (const StubPlace& place : dns.places) {
    texts.push_back((place.exists ? "" : "new ") + std::string(place.dns ? "" : "node-local ") +
                    place.target.name_space + "/" + place.target.config_map + " " + place.target.key);
  }
  return joined(texts);
}

std::string replicas(const DetectedDns& dns) {
  Texts texts;
  for (const DnsReplica& replica : dns.replicas) texts.push_back(replica.pod + " " + replica.server.text());
  return joined(texts);
}

struct Expected {
  std::string cluster;
  std::string platform;
  Flavour flavour;
  std::string version;
  std::string places;  // where it is refused: empty
  std::string reason;  // begins so
};

const std::vector<Expected> kExpected = {
    {"aks", "AKS", Flavour::kCoreDnsCustom, "v1.12.1-3", "kube-system/coredns-custom *.server", ""},
    {"argo-cd", "", Flavour::kCoreDns, "1.12.3", "", "Argo CD (cluster-dns) owns ConfigMap kube-system/coredns"},
    {"contradictory", "kubeadm", Flavour::kUnknown, "", "", "the evidence contradicts itself: "},
    {"eks-addon", "EKS", Flavour::kEksAddOn, "v1.12.2-eksbuild.4", "",
     "the EKS add-on owns ConfigMap kube-system/coredns"},
    {"eks-self-managed", "EKS", Flavour::kCoreDns, "v1.12.2-eksbuild.4", "kube-system/coredns Corefile", ""},
    {"flux", "kubeadm", Flavour::kCoreDns, "v1.12.1", "", "Flux (infrastructure) owns ConfigMap kube-system/coredns"},
    {"gardener", "Gardener", Flavour::kCoreDnsCustom, "v1.12.4", "kube-system/coredns-custom *.server", ""},
    {"gke", "GKE", Flavour::kKubeDns, "", "kube-system/kube-dns stubDomains", ""},
    {"gke-autopilot", "GKE Autopilot", Flavour::kGkeAutopilot, "", "", "Autopilot does not let kube-dns be configured"},
    {"gke-cloud-dns", "GKE", Flavour::kCloudDns, "", "", "Cloud DNS answers this cluster's names"},
    {"gke-node-local", "GKE", Flavour::kKubeDns, "", "kube-system/kube-dns stubDomains", ""},
    {"helm", "", Flavour::kCoreDns, "1.12.3", "", "Helm (release coredns) owns ConfigMap kube-system/coredns"},
    {"k0s", "k0s", Flavour::kCoreDns, "1.12.2", "kube-system/coredns Corefile", ""},
    {"k3s", "k3s", Flavour::kCoreDnsCustom, "1.12.3", "new kube-system/coredns-custom *.server", ""},
    {"kind", "kind", Flavour::kCoreDns, "v1.12.1", "kube-system/coredns Corefile", ""},
    {"kops", "kOps", Flavour::kCoreDns, "v1.12.3", "kube-system/coredns Corefile", ""},
    {"kube-dns-1.11", "", Flavour::kKubeDns, "", "kube-system/kube-dns stubDomains", ""},
    {"kubeadm-1.13", "kubeadm", Flavour::kCoreDns, "1.2.6", "kube-system/coredns Corefile", ""},
    {"kubeadm-1.34", "kubeadm", Flavour::kCoreDns, "v1.12.1", "kube-system/coredns Corefile", ""},
    {"kubeadm-node-local", "kubeadm", Flavour::kCoreDns, "v1.12.1",
     "kube-system/coredns Corefile, new node-local kube-system/kube-dns stubDomains", ""},
    {"kubespray", "kubeadm", Flavour::kCoreDns, "v1.11.3",
     "kube-system/coredns Corefile, node-local kube-system/nodelocaldns Corefile", ""},
    {"microk8s", "MicroK8s", Flavour::kCoreDns, "1.12.3", "kube-system/coredns Corefile", ""},
    {"minikube", "minikube", Flavour::kCoreDns, "v1.12.1", "kube-system/coredns Corefile", ""},
    {"node-local-forwarding", "kubeadm", Flavour::kCoreDns, "v1.12.1", "kube-system/coredns Corefile", ""},
    {"none", "", Flavour::kUnknown, "", "", "found no Service with port 53 in the namespace kube-system"},
    {"openshift", "OpenShift", Flavour::kOpenShift, "", "", "the DNS operator writes the Corefile again"},
    {"operator", "", Flavour::kCoreDns, "v1.11.3", "", "CoreDNS coredns-operator owns ConfigMap kube-system/coredns"},
    {"rke2", "RKE2", Flavour::kRke2, "v1.12.3-build20250806", "", "Helm (release rke2-coredns) owns ConfigMap "},
    {"scaled-down", "kubeadm", Flavour::kCoreDns, "v1.12.1", "kube-system/coredns Corefile", ""},
};

TEST_CASE("every cluster is known for what it is, and where the stub domain goes there") {
  for (const Expected& each : kExpected) {
    CAPTURE(each.cluster);
    const DetectedDns dns = detect(each.cluster);
    const std::string reason = dns.refusal ? dns.refusal->reason : "";
    CHECK(dns.platform == each.platform);
    CHECK(text(dns.flavour) == text(each.flavour));
    CHECK(dns.coredns_version == each.version);
    CHECK(places(dns) == each.places);
    CHECK(reason.substr(0, each.reason.size()) == each.reason);
    CHECK(reason.empty() == each.reason.empty());
  }
}

TEST_CASE("every cluster of the folder is in the table") {
  Texts named;
  for (const Expected& each : kExpected) named.push_back(each.cluster);
  CHECK(named == cluster_fixtures());
}

TEST_CASE("every replica is known by its own port") {
  struct Case {
    std::string cluster;
    std::string replicas;
  };
  const std::vector<Case> cases = {
      {"kubeadm-1.34", "coredns-a 10.244.0.2, coredns-b 10.244.0.3"},
      {"kubeadm-1.13", "coredns-a 10.244.0.2, coredns-b 10.244.0.3"},  // of Endpoints
      {"gardener", "coredns-a 100.64.0.5:8053, coredns-b 100.64.0.6:8053"},
      {"openshift", "dns-default-a 10.128.0.7:5353, dns-default-b 10.129.0.8:5353"},
      {"none", ""},
  };
  for (const Case& each : cases) {
    CAPTURE(each.cluster);
    CHECK(replicas(detect(each.cluster)) == each.replicas);
  }
}

TEST_CASE("evidence is facts, each with its object") {
  CHECK(
      detect("k3s").evidence ==
      Texts{
          "Node k3s-server-1 runs kubelet v1.33.4+k3s1",
          "Service kube-system/kube-dns (10.96.0.10) sends to Deployment kube-system/coredns, which runs "
          "rancher/mirrored-coredns-coredns:1.12.3",
          "Deployment kube-system/coredns reads /etc/coredns/Corefile from ConfigMap kube-system/coredns, key Corefile",
          "ConfigMap kube-system/coredns imports /etc/coredns/custom/*.server from ConfigMap "
          "kube-system/coredns-custom, "
          "which is not there yet"});
}

TEST_CASE("NodeLocal DNSCache is in front where it listens on the Service's address") {
  struct Case {
    std::string cluster;
    std::string addresses;
    bool intercepts;
  };
  const std::vector<Case> cases = {
      {"kubeadm-node-local", "169.254.20.10, 10.96.0.10", true},
      {"gke-node-local", "169.254.20.10, 10.96.0.10", true},
      {"kubespray", "169.254.25.10", false},
  };
  for (const Case& each : cases) {
    CAPTURE(each.cluster);
    const auto node_local = detect(each.cluster).node_local;
    REQUIRE(node_local);
    Texts addresses;
    for (const IpAddress& address : node_local->addresses) addresses.push_back(address.text());
    CHECK(joined(addresses) == each.addresses);
    CHECK(node_local->intercepts == each.intercepts);
  }
  CHECK_FALSE(detect("kubeadm-1.34").node_local);
}

TEST_CASE("what the cluster does to a stub domain is warned of") {
  struct Case {
    std::string cluster;
    std::string warning;  // begins so
  };
  const std::vector<Case> cases = {
      {"gardener", "Gardener's NetworkPolicy lets CoreDNS send to port 53 of pods alone"},
      {"k0s", "k0s writes the Corefile again when it upgrades the cluster"},
      {"kops", "kOps writes the Corefile again when it upgrades the cluster"},
      {"kubeadm-1.34", ""},
  };
  for (const Case& each : cases) {
    CAPTURE(each.cluster);
    const Texts warnings = detect(each.cluster).warnings;
    CHECK(warnings.size() == (each.warning.empty() ? 0 : 1));
    CHECK(joined(warnings).starts_with(each.warning));
  }
}

TEST_CASE("a workload is found at its path") {
  CHECK(detect("kind").workload->path() == "/apis/apps/v1/namespaces/kube-system/deployments/coredns");
  CHECK(detect("openshift").workload->path() == "/apis/apps/v1/namespaces/openshift-dns/daemonsets/dns-default");
}

TEST_CASE("a flavour can be forced where the cluster has it") {
  struct Case {
    std::string cluster;
    std::string flavour;
    std::string expected;  // the places, or the error
  };
  const std::vector<Case> cases = {
      {"kubeadm-1.34", "coredns", "kube-system/coredns Corefile"},
      {"kubeadm-1.34", "kube-dns", "found coredns in this cluster, expected kube-dns"},
      {"k3s", "coredns-custom", "new kube-system/coredns-custom *.server"},
      {"k3s", "coredns", "found coredns-custom in this cluster, expected coredns"},
      {"kubeadm-node-local", "coredns", "kube-system/coredns Corefile"},
      {"kubeadm-node-local", "node-local", "new node-local kube-system/kube-dns stubDomains"},
      {"kubeadm-node-local", "kube-dns", "found coredns and node-local in this cluster, expected kube-dns"},
      {"gke-node-local", "kube-dns", "kube-system/kube-dns stubDomains"},
      {"gke-node-local", "node-local", "kube-system/kube-dns stubDomains"},
      {"gke", "node-local", "found kube-dns in this cluster, expected node-local"},
      {"rke2", "coredns", ""},  // stays refused
  };
  for (const Case& each : cases) {
    CAPTURE(each.cluster);
    CAPTURE(each.flavour);
    const auto forced = with_flavour(detect(each.cluster), each.flavour);
    CHECK((forced ? places(*forced) : forced.error()) == each.expected);
  }
}

TEST_CASE("a key is named after the zone where Corefiles import by pattern") {
  const StubPlace place = detect("k3s").places.at(0);
  CHECK(place.target_of(*Name::parse("Mesh.global")).key == "meshdns-stub-mesh.global.server");
  CHECK(detect("kind").places.at(0).target_of(*Name::parse("global")).key == "Corefile");
}

}  // namespace
}  // namespace meshdns
