#include "k8s/stub/flavour.h"

#include <algorithm>
#include <array>
#include <utility>

#include "k8s/api/api_objects.h"
#include "k8s/stub/coredns_version.h"
#include "k8s/stub/flavour_corefile.h"
#include "k8s/stub/flavour_node_local.h"
#include "k8s/stub/flavour_platform.h"
#include "k8s/stub/flavour_workload.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

constexpr const char* kStubDomainsKey = "stubDomains";

/// The workloads that a Service sends to and that run.
std::vector<const ObservedWorkload*> behind(const ObservedService& service, const ObservedDns& observed) {
  std::vector<const ObservedWorkload*> found;
  for (const ObservedWorkload& workload : observed.workloads) {
    if (workload.running && service.selects(workload)) found.push_back(&workload);
  }
  return found;
}

/// How sure it is that pods ask this Service: by its name, then by the labels that DNS add-ons give it.
int rank(const ObservedService& service) {
  const auto label = [&](const char* key, std::string_view value) {
    const auto found = service.labels.find(key);
    return found != service.labels.end() && found->second == value;
  };
  if (service.name == "kube-dns" || service.name == "dns-default") return 3;
  if (label("k8s-app", "kube-dns") && service.name != "kube-dns-upstream") return 2;
  return label("kubernetes.io/cluster-service", "true") ? 1 : 0;
}

class Detector {
 public:
  explicit Detector(const ObservedDns& observed) : observed_(observed) {}

  DetectedDns detect() {
    find_platform();
    for (const std::string& what : observed_.unread) dns_.warnings.push_back("less evidence: " + what);
    if (find_service() && find_workload()) {
      container_.program == DnsProgram::kCoreDns ? detect_core_dns() : detect_kube_dns();
      if (!dns_.refusal) detect_node_local();
    }
    if (dns_.refusal) dns_.places.clear();
    return std::move(dns_);
  }

 private:
  void fact(std::string text) { dns_.evidence.push_back(std::move(text)); }

  void refuse(Flavour flavour, std::string reason, Owner owner = {}) {
    dns_.flavour = flavour;
    dns_.refusal = Refusal{std::move(reason), std::move(owner)};
  }

  void refuse_openshift() {
    refuse(Flavour::kOpenShift, "the DNS operator writes the Corefile again from dns.operator/default");
  }

  void find_platform() {
    Platform platform = platform_of(observed_);
    dns_.platform = std::move(platform.name);
    if (!platform.evidence.empty()) fact(std::move(platform.evidence));
  }

  bool on_gke() const { return dns_.platform == kGke || dns_.platform == kGkeAutopilot; }

  bool find_service() {
    for (const ObservedService& service : observed_.services) {
      if (!service.answers_dns()) continue;
      const bool serves = !behind(service, observed_).empty();
      const auto weight = std::pair(serves, rank(service));
      if (service_ == nullptr || weight > std::pair(!behind(*service_, observed_).empty(), rank(*service_))) {
        service_ = &service;
      }
    }
    if (service_ == nullptr && observed_.openshift_servers) {
      refuse_openshift();
      return false;
    }
    if (service_ == nullptr) {
      refuse(Flavour::kUnknown, "found no Service with port 53 in the namespace " + printable(observed_.name_space) +
                                    ", expected the cluster's DNS");
      return false;
    }
    dns_.addresses = service_->addresses;
    const auto replicas = observed_.replicas.find(service_->text());
    if (replicas != observed_.replicas.end()) dns_.replicas = replicas->second;
    return true;
  }

  bool find_workload() {
    std::vector<const ObservedWorkload*> serving;
    for (const ObservedWorkload* workload : behind(*service_, observed_)) {
      if (dns_container(*workload).program == DnsProgram::kOther) continue;
      serving.push_back(workload);
      fact(service_->text() + " (" + joined(service_->addresses, &IpAddress::text) + ") sends to " + workload->text() +
           ", which runs " + printable(dns_container(*workload).container->image));
    }
    if (serving.size() == 1) {
      workload_ = serving.front();
      container_ = dns_container(*workload_);
      dns_.workload = WorkloadName{workload_->kind, workload_->name_space, workload_->name};
      if (dns_.replicas.empty()) dns_.warnings.push_back(service_->text() + " has no ready replica");
      return true;
    }
    if (serving.size() > 1) {
      refuse(Flavour::kUnknown, "the evidence contradicts itself: behind " + service_->text() + " found " +
                                    serving[0]->text() + " and " + serving[1]->text() + ", expected one of them");
    } else if (on_gke()) {
      fact(service_->text() + " (" + joined(service_->addresses, &IpAddress::text) + ") sends to no workload");
      refuse(dns_.platform == kGke ? Flavour::kCloudDns : Flavour::kGkeAutopilot,
             "Cloud DNS answers this cluster's names: no ConfigMap within the cluster says what it forwards");
    } else {
      refuse(Flavour::kUnknown, "found neither CoreDNS nor kube-dns behind " + service_->text());
    }
    return false;
  }

  /// Whoever would take an edit of the object back; GitOps, Helm and operators have their workload's configuration, too.
  Owner owner_with_workload(const ObservedObject* object) const {
    Owner owner = object == nullptr ? Owner{} : owner_of(*object);
    if (owner.kind != Owner::Kind::kNobody) return owner;
    owner = owner_of(*workload_);
    const bool whole = owner.kind != Owner::Kind::kAddonManager && owner.kind != Owner::Kind::kK3s;
    return whole ? owner : Owner{};
  }

  void refuse_owned(Owner owner, const std::string& object) {
    fact(owner.evidence);
    const bool rke2 = owner.kind == Owner::Kind::kHelm && owner.name.starts_with("rke2-coredns");
    const Flavour flavour = rke2 ? Flavour::kRke2 : owner.kind == Owner::Kind::kEks ? Flavour::kEksAddOn : dns_.flavour;
    std::string reason = meshdns::text(owner) + " owns " + object + " and would take an edit back";
    refuse(flavour, std::move(reason), std::move(owner));
  }

  void detect_core_dns() {
    dns_.flavour = Flavour::kCoreDns;
    dns_.coredns_version = image_tag(container_.container->image);
    const std::string path = argument(*container_.container, "conf").value_or("Corefile");
    const auto corefile = find_corefile(observed_, *workload_, *container_.container, path);
    if (!corefile || corefile->config_map == nullptr) {
      return refuse(Flavour::kCoreDns, workload_->text() + " reads " + printable(path) +
                                           ", expected a file of a ConfigMap of its namespace");
    }
    dns_.corefile = corefile->text;
    fact(workload_->text() + " reads " + printable(path) + " from " + corefile->config_map->text() + ", key " +
         printable(corefile->file.key));
    if (workload_->name_space == "openshift-dns") {
      fact(owner_of(*corefile->config_map).evidence);
      return refuse_openshift();
    }
    if (corefile->imported) return use_imported(*corefile);
    Owner owner = owner_with_workload(corefile->config_map);
    if (owner.kind != Owner::Kind::kNobody) return refuse_owned(std::move(owner), corefile->config_map->text());
    add_place(StubForm::kCorefile, corefile->file);
    warn_of_upgrades();
  }

  void use_imported(const CorefileFacts& corefile) {
    dns_.flavour = Flavour::kCoreDnsCustom;
    const ObservedConfigMap* custom = observed_.config_map(workload_->name_space, corefile.imported->config_map);
    const std::string name = "ConfigMap " + printable(workload_->name_space + "/" + corefile.imported->config_map);
    fact(corefile.config_map->text() + " imports " + printable(corefile.glob) + " from " + name +
         (custom == nullptr ? ", which is not there yet" : ""));
    const Owner owner = custom == nullptr ? Owner{} : owner_of(*custom);
    if (owner.kind != Owner::Kind::kNobody) return refuse_owned(owner, name);
    if (custom == nullptr && !corefile.imported->optional) {
      return refuse(Flavour::kCoreDnsCustom, name + " is not there, and pods of " + workload_->text() +
                                                 " do not start without it, expected a volume that is optional");
    }
    add_place(StubForm::kServerFile, *corefile.imported);
    warn_of_imports();
  }

  void detect_kube_dns() {
    dns_.flavour = Flavour::kKubeDns;
    if (dns_.platform == kGkeAutopilot) {
      return refuse(Flavour::kGkeAutopilot, "Autopilot does not let kube-dns be configured");
    }
    const std::string directory = argument(*container_.container, "config-dir").value_or("/kube-dns-config");
    const auto file = mounted_file(*container_.container, directory + "/" + kStubDomainsKey);
    if (!file) {
      return refuse(Flavour::kKubeDns,
                    workload_->text() + " reads its configuration from no ConfigMap, expected one as " + directory);
    }
    fact(workload_->text() + " reads " + printable(directory) + " from ConfigMap " +
         printable(workload_->name_space + "/" + file->config_map));
    const ObservedConfigMap* config_map = observed_.config_map(workload_->name_space, file->config_map);
    const Owner owner = config_map == nullptr ? Owner{} : owner_of(*config_map);
    if (owner.kind != Owner::Kind::kNobody) return refuse_owned(owner, config_map->text());
    add_place(StubForm::kStubDomains, *file);
  }

  void detect_node_local() {
    const auto found = find_node_local(observed_);
    if (!found) return;
    const auto is_local = [&](const IpAddress& address) { return std::ranges::count(found->addresses, address) > 0; };
    dns_.node_local =
        NodeLocal{found->workload->text(), found->addresses, std::ranges::any_of(dns_.addresses, is_local)};
    fact(found->workload->text() + " runs " + printable(found->container->image) + " on " +
         joined(found->addresses, &IpAddress::text) +
         (dns_.node_local->intercepts ? ", in front of the DNS Service's address" : ""));
    const auto corefile = find_corefile(observed_, *found->workload, *found->container, found->corefile);
    if (corefile && forwards_everything_to(corefile->text, cluster_dns())) {
      return fact(found->workload->text() + " forwards what it does not know to the cluster's DNS");
    }
    if (found->stub_domains) {
      const auto file = mounted_file(*found->container, *found->stub_domains + "/" + kStubDomainsKey);
      fact(found->workload->text() + " turns stubDomains of ConfigMap " +
           printable(found->workload->name_space + "/" + file->config_map) + " into blocks");
      return add_node_local_place(StubForm::kStubDomains, *found, *file);
    }
    if (!corefile || corefile->config_map == nullptr) {
      return refuse(dns_.flavour, found->workload->text() +
                                      " answers pods before the cluster's DNS does, and its Corefile " +
                                      printable(found->corefile) + " comes from no ConfigMap");
    }
    if (corefile->imported) return add_node_local_place(StubForm::kServerFile, *found, *corefile->imported);
    add_node_local_place(StubForm::kCorefile, *found, corefile->file);
  }

  /// What NodeLocal DNSCache calls the cluster's DNS: a Service beside it, too, whose address it does not listen on.
  std::vector<std::string> cluster_dns() const {
    std::vector<std::string> names{"__PILLAR__CLUSTER__DNS__"};
    for (const ObservedService& service : observed_.services) {
      if (!service.selects(*workload_)) continue;
      for (const IpAddress& address : service.addresses) names.push_back(address.text());
    }
    return names;
  }

  void add_node_local_place(StubForm form, const NodeLocalFacts& found, const MountedFile& file) {
    const StubTarget target{found.workload->name_space, file.config_map, file.key};
    const auto is_it = [&](const StubPlace& place) { return place.target == target; };
    const auto shared = std::ranges::find_if(dns_.places, is_it);
    if (shared != dns_.places.end()) {
      shared->node_local = true;
      return;
    }
    const ObservedConfigMap* config_map = observed_.config_map(target.name_space, target.config_map);
    const Owner owner = config_map == nullptr ? Owner{} : owner_of(*config_map);
    if (owner.kind != Owner::Kind::kNobody) return refuse_owned(owner, config_map->text());
    dns_.places.push_back({.form = form, .target = target, .exists = config_map != nullptr, .node_local = true});
  }

  void add_place(StubForm form, const MountedFile& file) {
    const StubTarget target{workload_->name_space, file.config_map, file.key};
    const bool exists = observed_.config_map(target.name_space, target.config_map) != nullptr;
    dns_.places.push_back({.form = form, .target = target, .exists = exists, .dns = true});
  }

  void warn_of_imports() {
    const auto version = parse_coredns_version(dns_.coredns_version);
    if (version && *version <= CoreDnsVersion{1, 6, 0}) {
      dns_.warnings.push_back("CoreDNS " + version->text() +
                              " does not see that an imported file changes: it has to be restarted");
    }
    // https://github.com/gardener/gardener, pkg/component/networking/coredns: gardener.cloud--allow-dns
    if (dns_.platform != kGardener) return;
    dns_.warnings.push_back(
        "Gardener's NetworkPolicy lets CoreDNS send to port 53 of pods alone: those of meshdns have to listen there, "
        "or another "
        "NetworkPolicy has to let CoreDNS send to their port");
  }

  void warn_of_upgrades() {
    static constexpr std::array<std::string_view, 2> kRewriting = {"kOps", "k0s"};
    if (std::ranges::count(kRewriting, dns_.platform) == 0) return;
    dns_.warnings.push_back(dns_.platform +
                            " writes the Corefile again when it upgrades the cluster: install again then");
  }

  const ObservedDns& observed_;
  const ObservedService* service_ = nullptr;
  const ObservedWorkload* workload_ = nullptr;
  DnsContainer container_;
  DetectedDns dns_;
};

}  // namespace

DetectedDns detect_dns(const ObservedDns& observed) { return Detector(observed).detect(); }

}  // namespace meshdns
