#include "k8s/stub/observed_dns.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "k8s/api/api_objects.h"
#include "k8s/api/url.h"
#include "k8s/stub/observed_dns_objects.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

constexpr const char* kOpenShift = "openshift-dns";
// One is enough to tell the platform where it is uniform; a few show where it is not.
constexpr const char* kNodes = "/api/v1/nodes?limit=20";

/// Reads an object at a time, or a list; the first error ends it all.
class Observer {
 public:
  Observer(const ClusterReader& read, const std::string& name_space) : read_(read) { dns_.name_space = name_space; }

  Result<ObservedDns> observe() {
    read_groups();
    read_namespace(dns_.name_space, Need::kNeeded);
    read_nodes();
    if (has_group("operator.openshift.io")) {
      if (dns_.name_space != kOpenShift) read_namespace(kOpenShift, Need::kEvidence);
      read_dns_operator();
    }
    if (has_group("helm.cattle.io")) read_helm_chart_config();
    for (const ObservedService& service : dns_.services) read_replicas(service);
    for (const ObservedWorkload& workload : dns_.workloads) read_config_maps(workload);
    if (error_) return *error_;
    return std::move(dns_);
  }

 private:
  enum class Need : uint8_t { kNeeded, kEvidence };

  /// The object; nothing where there is none, or it must not be read.
  std::optional<Json> get(const std::string& path, Need need) {
    if (error_) return std::nullopt;
    const auto answer = read_(path);
    if (!answer) {
      error_ = Error{answer.error()};
      return std::nullopt;
    }
    if (answer->status == 404) return std::nullopt;
    if (answer->status != 200) {
      const std::string said = parse_status(answer->body).message;
      std::string trouble =
          "the API server answers " + std::to_string(answer->status) + (said.empty() ? "" : ": ") + said;
      if (need == Need::kNeeded) {
        error_ = Error{std::move(trouble)};
      } else {
        dns_.unread.push_back(std::move(trouble));
      }
      return std::nullopt;
    }
    Json object = Json::parse(answer->body, nullptr, false);
    if (object.is_object()) return object;
    error_ = Error{"GET " + path + ": found something else, expected a JSON object"};
    return std::nullopt;
  }

  /// Calls `use` with the object, or with each of the list's.
  template <class Use>
  void each(const std::string& path, Need need, Use use) {
    const auto object = get(path, need);
    if (!object) return;
    try {
      const auto items = object->find("items");
      if (items == object->end()) {
        use(*object);
      } else {
        std::ranges::for_each(*items, use);
      }
    } catch (const Json::exception& error) {
      error_ = Error{"GET " + path + ": found an object that is none of Kubernetes: " + printable(error.what())};
    }
  }

  bool has_group(std::string_view group) const { return std::ranges::count(dns_.api_groups, group) > 0; }

  void read_groups() {
    each("/apis", Need::kEvidence, [&](const Json& list) {
      for (const Json& group : list.at("groups")) dns_.api_groups.push_back(group.at("name").get<std::string>());
    });
  }

  void read_namespace(const std::string& name, Need need) {
    each("/api/v1/namespaces/" + url_escape(name) + "/services", need,
         [&](const Json& object) { dns_.services.push_back(observed_service(object)); });
    for (const auto& [plural, kind] : {std::pair{"deployments", "Deployment"}, {"daemonsets", "DaemonSet"}}) {
      each("/apis/apps/v1/namespaces/" + url_escape(name) + "/" + plural, need,
           [&, kind = kind](const Json& object) { dns_.workloads.push_back(observed_workload(object, kind)); });
    }
  }

  void read_nodes() {
    each(kNodes, Need::kEvidence, [&](const Json& object) { dns_.nodes.push_back(observed_node(object)); });
  }

  void read_dns_operator() {
    each("/apis/operator.openshift.io/v1/dnses/default", Need::kEvidence, [&](const Json& object) {
      const Json spec = object.value("spec", Json::object());
      dns_.openshift_servers = spec.value("servers", Json::array()).dump();
    });
  }

  void read_helm_chart_config() {
    each("/apis/helm.cattle.io/v1/namespaces/kube-system/helmchartconfigs/rke2-coredns", Need::kEvidence,
         [&](const Json& object) {
           dns_.helm_values = object.value("spec", Json::object()).value("valuesContent", std::string());
         });
  }

  void read_replicas(const ObservedService& service) {
    if (!service.answers_dns()) return;
    auto& replicas = dns_.replicas[service.text()];
    const auto add = [&](std::vector<DnsReplica> more) { replicas.insert(replicas.end(), more.begin(), more.end()); };
    each("/apis/discovery.k8s.io/v1/namespaces/" + service.name_space +
             "/endpointslices?labelSelector=" + url_escape("kubernetes.io/service-name=" + service.name),
         Need::kEvidence, [&](const Json& slice) { add(slice_replicas(slice)); });
    if (!replicas.empty()) return;
    each("/api/v1/namespaces/" + service.name_space + "/endpoints/" + url_escape(service.name), Need::kEvidence,
         [&](const Json& endpoints) { add(endpoints_replicas(endpoints)); });
  }

  void read_config_maps(const ObservedWorkload& workload) {
    const auto answers = [&](const ObservedService& service) {
      return service.answers_dns() && service.selects(workload);
    };
    const bool node_local = std::ranges::any_of(workload.containers, is_node_cache);
    if (!node_local && std::ranges::none_of(dns_.services, answers)) return;
    for (const auto& container : workload.containers) {
      for (const auto& mount : container.mounts) read_config_map(workload.name_space, mount.config_map);
    }
  }

  void read_config_map(const std::string& name_space, const std::string& name) {
    if (dns_.config_map(name_space, name) != nullptr) return;
    each("/api/v1/namespaces/" + name_space + "/configmaps/" + url_escape(name), Need::kNeeded,
         [&](const Json& object) { dns_.config_maps.push_back(observed_config_map(object)); });
  }

  const ClusterReader& read_;
  ObservedDns dns_;
  std::optional<Error> error_;
};

}  // namespace

bool ObservedService::answers_dns() const {
  return !addresses.empty() && std::ranges::any_of(ports, [](const Port& port) { return port.number == kDnsPort; });
}

bool ObservedService::selects(const ObservedWorkload& workload) const {
  return !selector.empty() && name_space == workload.name_space && std::ranges::includes(workload.pod_labels, selector);
}

bool is_node_cache(const ObservedWorkload::Container& container) {
  return container.image.find("node-cache") != std::string::npos;
}

const ObservedConfigMap* ObservedDns::config_map(const std::string& name_space, const std::string& name) const {
  const auto is_it = [&](const ObservedConfigMap& each) { return each.name_space == name_space && each.name == name; };
  const auto found = std::ranges::find_if(config_maps, is_it);
  return found == config_maps.end() ? nullptr : &*found;
}

Result<ObservedDns> observe_dns(const ClusterReader& read, const std::string& name_space) {
  return Observer(read, name_space).observe();
}

}  // namespace meshdns
