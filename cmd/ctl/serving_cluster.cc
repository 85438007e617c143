#include "cmd/ctl/serving_cluster.h"

#include <algorithm>
#include <utility>

#include "cmd/ctl/cluster_nodes.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"
#include "k8s/mesh/host_objects.h"
#include "k8s/mesh/shell_word.h"

namespace meshdns {
namespace {

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

}  // namespace

ServingName parse_serving_name(const std::string& context, const std::string& service) {
  const std::string form = "CONTEXT NAMESPACE/SERVICE, such as east bar/serverservice04";
  if (context.empty()) stop(kUsage, "--from-context: expected " + form);
  const size_t slash = service.find('/');
  ServingName name{context, service.substr(0, slash), slash == std::string::npos ? "" : service.substr(slash + 1)};
  if (!parse_namespace(name.name_space) || !parse_namespace(name.service)) {
    stop(kUsage, "--from-context: found " + quote(service) + ", expected " + form);
  }
  return name;
}

ServingCluster::ServingCluster(MeshCluster cluster, ServingName name)
    : cluster_(std::move(cluster)),
      name_(std::move(name)),
      service_(read_service()),
      ports_(take(serving_ports(service_))) {
  read_pods();
  require_sidecars();
}

EntryEndpoint ServingCluster::own() {
  auto endpoint = own_endpoint(service_, pods_);
  if (!endpoint) refuse(endpoint.error());
  endpoint->locality = locality();
  return *std::move(endpoint);
}

const std::vector<EntryEndpoint>& ServingCluster::behind_gateway(const EntryWish& wish) {
  if (behind_gateway_) return *behind_gateway_;
  const auto gateways = passing(wish);
  std::vector<EntryEndpoint> endpoints = name_.gateways;
  if (endpoints.empty()) {
    auto found = gateway_endpoints(gateways, views<Service>(cluster_.list(kServices), parse_service), nodes());
    if (!found)
      refuse(found.error() + "; --gateway " + shell_word(name_.context) + "=HOST[:PORT] says where it is reached");
    endpoints = take(std::move(found));
  }
  for (EntryEndpoint& endpoint : endpoints) endpoint.locality = locality();
  return behind_gateway_.emplace(std::move(endpoints));
}

void ServingCluster::refuse(const std::string& why) const { stop(kRefused, cluster_.prefix() + escape_controls(why)); }

template <class T>
T ServingCluster::take(Result<Noted<T>> found) {
  if (!found) refuse(found.error());
  for (const std::string& note : found->notes) {
    const std::string text = cluster_.prefix() + note;
    if (std::ranges::count(notes_, text) == 0) notes_.push_back(text);
  }
  return std::move(found->value);
}

Service ServingCluster::read_service() {
  const auto object = cluster_.get(kServices, name_.name_space, name_.service);
  if (!object) {
    refuse("there is no Service " + name_.text() + "; kubectl --context " + cluster_.name() +
           " get services -A shows what there is");
  }
  auto service = parse_service(object->json);
  if (!service) refuse(service.error());
  return *std::move(service);
}

void ServingCluster::read_pods() {
  for (const LiveObject& slice : slices_of(cluster_, name_.name_space, name_.service)) {
    if (const auto error = add_slice(slice.json, pods_)) refuse(slice.meta.text() + ": " + error->message);
  }
}

/// A gateway passes mTLS on as it comes, and the entry's rule asks for it on the short way, too.
void ServingCluster::require_sidecars() {
  if (pods_.names.empty()) return;
  size_t without = 0;
  try {
    for (const LiveObject& pod : cluster_.list(kPods, name_.name_space)) {
      if (!pods_.names.contains(pod.meta.name)) continue;
      const auto sidecar = has_sidecar(pod.json);
      if (!sidecar || *sidecar) return;
      ++without;
    }
  } catch (const Stop& stopped) {
    notes_.push_back("whether mTLS ends in a sidecar is not known: " + stopped.ended.text);
    return;
  }
  if (without == 0) return;
  const std::string kubectl = "kubectl --context " + shell_word(name_.context);
  refuse("no pod of " + service_.object() + " has a sidecar (" + std::to_string(without) +
         " without), expected one in each, in which mTLS ends; " + kubectl + " label namespace " + name_.name_space +
         " istio-injection=enabled, and " + kubectl + " -n " + name_.name_space +
         " rollout restart deployment, give them one");
}

/// The Gateways that pass on what clients will ask for.
std::vector<Gateway> ServingCluster::passing(const EntryWish& wish) {
  const bool global = wish.sni == Sni::kGlobal;
  auto found = passing_gateways(views<Gateway>(cluster_.list(kGateways), parse_gateway),
                                global ? wish.host.text() : service_.host());
  if (!found) {
    refuse(found.error() + "; kubectl --context " + cluster_.name() +
           " apply -n istio-system -f samples/multicluster/expose-services.yaml, of Istio's release, makes one for "
           "*.local");
  }
  if (global) require_global_entry(wish.host);
  return *std::move(found);
}

void ServingCluster::require_global_entry(const MeshHost& host) {
  const auto entries = views<MeshEntry>(cluster_.list(kServiceEntries), parse_mesh_entry);
  const auto found = entry_of_host(entries, host);
  if (!found) refuse(found.error());
  if (*found) return;
  refuse("there is no ServiceEntry for " + host.text() +
         ", without which its gateway does not know that name; --sni service needs none");
}

/// Read once; none where they may not be read.
const std::vector<ServingNode>& ServingCluster::nodes() {
  if (!nodes_) nodes_ = read_nodes(cluster_, "localities and node addresses are not known", notes_);
  return *nodes_;
}

/// What the nodes of its pods have in common.
const std::string& ServingCluster::locality() {
  if (locality_) return *locality_;
  if (pods_.nodes.empty()) {
    notes_.push_back(cluster_.prefix() + "Service " + name_.text() +
                     " has no pods on any node now, so the locality of its servers is not known");
    return locality_.emplace();
  }
  return locality_.emplace(common_locality(nodes(), pods_.nodes));
}

}  // namespace meshdns
