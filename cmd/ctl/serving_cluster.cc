#include "cmd/ctl/serving_cluster.h"

#include <algorithm>
#include <set>
#include <utility>

#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"
#include "k8s/api/json_fields.h"
#include "k8s/mesh/host_objects.h"
#include "k8s/mesh/serving_side.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

const ObjectKind kEndpointSlices{"EndpointSlice", "discovery.k8s.io", "endpointslices", {"v1"}};

/// Those that are what they should be: what is not belongs to somebody else, and is theirs to mend.
template <class View>
std::vector<View> views(const std::vector<LiveObject>& objects,
                        Result<View> (*parse)(std::string_view, std::string_view)) {
  std::vector<View> all;
  for (const LiveObject& object : objects) {
    if (auto view = parse(object.json, "default")) all.push_back(*std::move(view));
  }
  return all;
}

class Reading {
 public:
  Reading(MeshCluster& cluster, const ServingName& name, EntryWish& wish, std::vector<std::string>& notes)
      : cluster_(cluster), name_(name), wish_(wish), notes_(notes) {}

  void read(const std::optional<EntryEndpoint>& gateway) {
    const Service service = read_service();
    wish_.ports = take(serving_ports(service));
    wish_.service = service.host();
    const auto gateways = passing();
    wish_.endpoints = gateway ? std::vector{*gateway} : take(gateway_endpoints(gateways, services(), nodes()));
    const std::string locality = common_locality(nodes_of_service());
    for (EntryEndpoint& endpoint : wish_.endpoints) endpoint.locality = locality;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const { stop(kRefused, cluster_.prefix() + escape_controls(why)); }

  template <class T>
  T take(Result<Noted<T>> found) {
    if (!found) refuse(found.error());
    for (const std::string& note : found->notes) notes_.push_back(cluster_.prefix() + note);
    return std::move(found->value);
  }

  Service read_service() {
    const auto object = cluster_.get(kServices, name_.name_space, name_.service);
    if (!object) {
      refuse("there is no Service " + name_.name_space + "/" + name_.service + "; kubectl --context " +
             cluster_.name() + " get services -A shows what there is");
    }
    auto service = parse_service(object->json);
    if (!service) refuse(service.error());
    return *std::move(service);
  }

  /// The Gateways that pass on what clients will ask for.
  std::vector<Gateway> passing() {
    const bool global = wish_.sni == Sni::kGlobal;
    const std::string host = global ? wish_.host.text() : wish_.service;
    auto found = passing_gateways(views<Gateway>(cluster_.list(kGateways), parse_gateway), host);
    if (!found) {
      refuse(found.error() + "; kubectl --context " + cluster_.name() +
             " apply -n istio-system -f samples/multicluster/expose-services.yaml, of Istio's release, makes one for "
             "*.local");
    }
    if (global) require_global_entry();
    return *std::move(found);
  }

  void require_global_entry() {
    const auto entries = views<MeshEntry>(cluster_.list(kServiceEntries), parse_mesh_entry);
    const auto found = entry_of_host(entries, wish_.host);
    if (!found) refuse(found.error());
    if (*found) return;
    refuse("there is no ServiceEntry for " + wish_.host.text() +
           ", without which its gateway does not know that name; --sni service needs none");
  }

  std::vector<Service> services() { return views<Service>(cluster_.list(kServices), parse_service); }

  /// Read once; none where they may not be read.
  const std::vector<ServingNode>& nodes() {
    if (nodes_) return *nodes_;
    nodes_.emplace();
    try {
      for (const LiveObject& object : cluster_.list(kNodes)) {
        if (auto node = parse_serving_node(object.json)) nodes_->push_back(*std::move(node));
      }
    } catch (const Stop& stopped) {
      notes_.push_back("localities and node addresses are not known: " + stopped.ended.text);
    }
    return *nodes_;
  }

  /// Where the Service's pods run.
  std::vector<ServingNode> nodes_of_service() {
    std::set<std::string> names;
    for (const LiveObject& slice : cluster_.list(kEndpointSlices, name_.name_space)) {
      const auto label = slice.meta.labels.find("kubernetes.io/service-name");
      if (label == slice.meta.labels.end() || label->second != name_.service) continue;
      const Json object = Json::parse(slice.json);
      const Json& endpoints = member(object, "endpoints");
      for (const Json& endpoint : endpoints.is_array() ? endpoints : Json::array()) {
        names.insert(text_member(endpoint, "nodeName"));
      }
    }
    names.erase("");
    std::vector<ServingNode> found;
    if (names.empty()) {
      notes_.push_back(cluster_.prefix() + "Service " + name_.name_space + "/" + name_.service +
                       " has no pods on any node now, so the locality of its servers is not known");
      return found;
    }
    std::ranges::copy_if(nodes(), std::back_inserter(found),
                         [&](const auto& node) { return names.contains(node.name); });
    return found;
  }

  MeshCluster& cluster_;
  const ServingName& name_;
  EntryWish& wish_;
  std::vector<std::string>& notes_;
  std::optional<std::vector<ServingNode>> nodes_;
};

}  // namespace

ServingName parse_serving_name(const std::vector<std::string>& texts) {
  const std::string form = "CONTEXT NAMESPACE/SERVICE, such as east bar/serverservice04";
  if (texts.size() != 2 || texts[0].empty()) stop(kUsage, "--from-context: expected " + form);
  const size_t slash = texts[1].find('/');
  ServingName name{texts[0], texts[1].substr(0, slash), slash == std::string::npos ? "" : texts[1].substr(slash + 1)};
  if (!parse_namespace(name.name_space) || !parse_namespace(name.service)) {
    stop(kUsage, "--from-context: found " + quote(texts[1]) + ", expected " + form);
  }
  return name;
}

void read_serving_cluster(MeshCluster& cluster, const ServingName& name, const std::optional<EntryEndpoint>& gateway,
                          EntryWish& wish, std::vector<std::string>& notes) {
  Reading(cluster, name, wish, notes).read(gateway);
}

}  // namespace meshdns
