#include "cmd/ctl/serving_clusters.h"

#include <algorithm>
#include <utility>

#include "cmd/ctl/stop.h"

namespace meshdns {
namespace {

/// A rule has one SNI for a port, so that all gateways are asked for one Service.
void require_one_service(const MeshCluster* client, const ServingCluster& first, const ServingCluster& other) {
  if (first.service().host() == other.service().host()) return;
  const auto text = [](const ServingCluster& each) { return each.name().text() + " (" + each.name().context + ")"; };
  stop(kRefused, (client == nullptr ? "" : client->prefix()) + text(first) + " and " + text(other) +
                     " are both behind gateways, and a rule asks all gateways for one name, expected one "
                     "NAMESPACE/SERVICE in both clusters: name one as the other; or --sni global, where each serving "
                     "cluster has an entry for its own servers");
}

/// What the serving side must have, where nobody looks.
std::vector<std::string> needs(const EntryWish& wish) {
  if (!wish.has_gateway()) return {};
  const bool global = wish.sni == Sni::kGlobal;
  const std::string name = global ? wish.host.text() : wish.service;
  std::vector<std::string> notes{
      "the serving cluster needs a Gateway with port 15443, tls mode AUTO_PASSTHROUGH and hosts *" +
      name.substr(name.rfind('.')) + ", and " + (global ? "a ServiceEntry for " + name : "the Service " + name) +
      "; --from-context looks whether it has them"};
  if (std::ranges::any_of(wish.endpoints, [](const EntryEndpoint& each) { return !each.gateway; })) {
    notes.push_back("the endpoints without a gateway need sidecars: the rule's mTLS is for all of the host's");
  }
  return notes;
}

}  // namespace

ServingClusters::ServingClusters(const MeshFlags& flags, const std::vector<ServingName>& names) {
  for (const ServingName& name : names) {
    MeshCluster cluster = open_cluster(flags, name.context);
    if (const ServingCluster* same = own(&cluster)) {
      stop(kUsage, "--from-context: " + same->name().context + " and " + name.context + " are one cluster (" +
                       cluster.cluster().server() + "), expected each once");
    }
    clusters_.emplace_back(std::move(cluster), name);
    const ServingCluster& first = clusters_.front();
    const ServingCluster& added = clusters_.back();
    const auto error = check_same_ports(first.ports(), first.service(), added.ports(), added.service());
    if (error) stop(kRefused, added.cluster().prefix() + error->message);
  }
}

ServingCluster* ServingClusters::own(const MeshCluster* client) {
  const auto found = std::ranges::find_if(
      clusters_, [&](const ServingCluster& each) { return client != nullptr && each.cluster().is_same(*client); });
  return found == clusters_.end() ? nullptr : &*found;
}

EntryWish ServingClusters::wish_for(EntryWish wish, const MeshCluster* client) {
  if (none()) return wish;
  const ServingCluster* const here = own(client);
  const ServingCluster* asked = nullptr;  // the first behind a gateway
  if (here != nullptr && wish.sni == Sni::kGlobal) {
    stop(kRefused, here->cluster().prefix() + "the cluster serves " + wish.host.text() +
                       " itself, and under --sni global its gateway goes by an entry that leads to its own servers "
                       "alone, expected other clients; --sni service is for this one, too");
  }
  for (ServingCluster& each : clusters_) {
    if (&each == here) {
      wish.endpoints.push_back(each.own());
      continue;
    }
    if (asked == nullptr) asked = &each;
    if (wish.sni == Sni::kService) require_one_service(client, *asked, each);
    const auto& endpoints = each.behind_gateway(wish);
    wish.endpoints.insert(wish.endpoints.end(), endpoints.begin(), endpoints.end());
  }
  wish.has_sidecars = true;
  wish.ports = clusters_.front().ports();
  wish.service = (asked == nullptr ? here : asked)->service().host();
  return wish;
}

void ServingClusters::require_gateways_asked() const {
  for (const ServingCluster& each : clusters_) {
    if (each.name().gateways.empty() || each.is_asked_by_gateway()) continue;
    stop(kUsage, "--gateway: the clients are all in " + each.name().context +
                     ", which serves the host itself, and reach its servers directly, expected none for it");
  }
}

std::vector<std::string> ServingClusters::notes(const EntryWish& wish) const {
  if (none()) return needs(wish);
  std::vector<std::string> all;
  for (const ServingCluster& each : clusters_) all.insert(all.end(), each.notes().begin(), each.notes().end());
  return all;
}

}  // namespace meshdns
