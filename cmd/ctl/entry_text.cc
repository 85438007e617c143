#include "cmd/ctl/entry_text.h"

#include <optional>
#include <string>

#include "cmd/ctl/mesh_files.h"
#include "cmd/ctl/stop.h"
#include "k8s/istio/service_entry.h"
#include "k8s/mesh/entry_manifest.h"
#include "k8s/mesh/host_objects.h"
#include "k8s/mesh/vip_choice.h"
#include "zone/unix_time.h"

namespace meshdns {
namespace {

VipHolders holders(const MeshFiles& files) {
  VipHolders holders;
  for (const ManifestText& text : files.texts()) {
    for (const ManifestObject& object : text.objects()) {
      if (!object.is_service_entry()) continue;
      if (const auto entry = parse_service_entry(object.json)) holders.add(*entry, object.place);
    }
  }
  return holders;
}

std::optional<size_t> find_entry(const MeshFiles& files, const MeshHost& host) {
  const auto entries = files.views<MeshEntry>("ServiceEntry", parse_mesh_entry);
  const auto found = value_or_stop(entry_of_host(entries.views, host), kUsage);
  return found ? std::optional(files.changeable(entries.places[*found])) : std::nullopt;
}

/// The namespace of the host's entry, where its rule is looked for.
std::string entry_name_space(const MeshFiles& files, const MeshHost& host) {
  const auto entries = files.views<MeshEntry>("ServiceEntry", parse_mesh_entry);
  const auto found = value_or_stop(entry_of_host(entries.views, host), kUsage);
  return found ? entries.views[*found].name_space : host.name_space;
}

std::optional<size_t> find_rule(const MeshFiles& files, const MeshHost& host, const std::string& name_space) {
  const auto rules = files.views<DestinationRule>("DestinationRule", parse_destination_rule);
  const auto found = value_or_stop(rule_of_host(rules.views, host, name_space), kUsage);
  return found ? std::optional(files.changeable(rules.places[*found])) : std::nullopt;
}

void require_alone(const MeshFiles& files, std::optional<size_t> entry) {
  if (!entry) return;
  const auto error = shared_entry(value_or_stop(parse_mesh_entry(files.json_of(entry)), kUsage));
  if (error) stop(kUsage, error->message);
}

std::vector<PresentVips> present(const MeshFiles& files, std::optional<size_t> index) {
  if (!index) return {};
  const ManifestObject& object = files.object({0, *index});
  return {{object.place, entry_vips(value_or_stop(parse_mesh_entry(object.json), kUsage))}};
}

}  // namespace

Ended create_in_files(const EntryRequest& request, const MeshFlags& flags, ServingClusters& serving) {
  std::optional<MeshCluster> client;
  if (!flags.contexts.empty()) client.emplace(open_cluster(flags, flags.contexts.front()));
  EntryWish wish = serving.wish_for(request.wish, client ? &*client : nullptr);
  serving.require_gateways_asked();
  MeshFiles files(flags);
  const auto entry = find_entry(files, wish.host);
  wish.rule_name_space = entry_name_space(files, wish.host);
  const auto rule = find_rule(files, wish.host, wish.rule_name_space);
  require_alone(files, entry);
  VipLedger ledger;
  const VipRules rules{request.pools, holders(files), unix_now()};
  wish.addresses =
      value_or_stop(choose_vips(ledger, wish.host.text(), request.address, present(files, entry), rules), kUsage);
  const std::string entry_json = value_or_stop(entry_manifest(wish, files.json_of(entry)), kUsage);
  const std::string rule_json = value_or_stop(rule_manifest(wish, files.json_of(rule)), kUsage);
  if (!rule_json.empty()) files.put(rule, rule_json);
  files.put(find_entry(files, wish.host), entry_json);
  return files.printed(serving.notes(wish));
}

Ended delete_in_files(const MeshHost& host, const MeshFlags& flags) {
  MeshFiles files(flags);
  const auto services = files.views<VirtualService>("VirtualService", parse_virtual_service);
  for (const VirtualService& service : services.views) {
    const std::string field = sends_to(service, host);
    if (field.empty()) continue;
    stop(kUsage, service.object() + " sends requests to " + host.text() + " (" + field +
                     "), expected none: take that out before the entry goes");
  }
  const std::string name_space = entry_name_space(files, host);
  const auto entry = find_entry(files, host);
  require_alone(files, entry);
  if (entry) files.remove(*entry);
  const auto rule = find_rule(files, host, name_space);
  if (rule) files.remove(*rule);
  return files.printed();
}

}  // namespace meshdns
