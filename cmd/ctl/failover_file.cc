#include "cmd/ctl/failover_file.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cmd/ctl/failover_flags.h"
#include "cmd/ctl/failover_host.h"
#include "cmd/ctl/mesh_files.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"
#include "k8s/mesh/failover_entry.h"
#include "k8s/mesh/failover_losses.h"
#include "k8s/mesh/failover_route.h"
#include "k8s/mesh/failover_rule.h"
#include "k8s/mesh/failover_tls.h"
#include "k8s/mesh/host_objects.h"
#include "k8s/mesh/route_choice.h"
#include "k8s/mesh/route_creation.h"

namespace meshdns {
namespace {

/// The host's objects, by their places in the first file.
class HostFiles {
 public:
  HostFiles(MeshHost host, const MeshFlags& flags) : host_(std::move(host)), files_(flags) {}

  MeshFiles& files() { return files_; }

  std::optional<MeshEntry> entry() const {
    const auto entries = files_.views<MeshEntry>("ServiceEntry", parse_mesh_entry);
    const auto found = value_or_stop(entry_of_host(entries.views, host_), kUsage);
    return found ? std::optional(entries.views[*found]) : std::nullopt;
  }

  std::optional<size_t> entry_place() const {
    const auto entries = files_.views<MeshEntry>("ServiceEntry", parse_mesh_entry);
    const auto found = value_or_stop(entry_of_host(entries.views, host_), kUsage);
    return found ? std::optional(files_.changeable(entries.places[*found])) : std::nullopt;
  }

  std::optional<size_t> rule_place(const std::string& name_space) const {
    const auto rules = files_.views<DestinationRule>("DestinationRule", parse_destination_rule);
    const auto found = value_or_stop(rule_of_host(rules.views, host_, name_space), kUsage);
    return found ? std::optional(files_.changeable(rules.places[*found])) : std::nullopt;
  }

  std::optional<std::pair<size_t, VirtualService>> route() const {
    const auto services = files_.views<VirtualService>("VirtualService", parse_virtual_service);
    const VirtualService* service = value_or_stop(sidecar_service_for(services.views, host_.text()), kUsage);
    if (service == nullptr) return std::nullopt;
    const auto place = services.places[static_cast<size_t>(service - services.views.data())];
    return std::pair(files_.changeable(place), *service);
  }

  /// Stops where a wildcard's route is the host's, which one of its own would take from it.
  void require_no_wildcard() const {
    const auto services = files_.views<VirtualService>("VirtualService", parse_virtual_service);
    if (const auto error = routed_by_wildcard(services.views, host_.text())) stop(kUsage, error->message);
  }

  /// Whether a VirtualService has the name: a second one would take its place when the files are applied.
  bool is_route_taken(const ObjectIdentity& identity) const {
    return is_taken(files_.views<VirtualService>("VirtualService", parse_virtual_service), identity.name_space,
                    identity.name);
  }

  bool is_rule_taken(const std::string& name_space) const {
    return is_taken(files_.views<DestinationRule>("DestinationRule", parse_destination_rule), name_space,
                    host_.object());
  }

  std::vector<ManifestObject> objects() const {
    std::vector<ManifestObject> all;
    for (const ManifestText& text : files_.texts()) all.insert(all.end(), text.objects().begin(), text.objects().end());
    return all;
  }

 private:
  template <class View>
  static bool is_taken(const InFiles<View>& all, const std::string& name_space, const std::string& name) {
    return std::ranges::any_of(all.views,
                               [&](const View& each) { return each.name_space == name_space && each.name == name; });
  }

  const MeshHost host_;
  MeshFiles files_;
};

[[noreturn]] void refuse(const std::string& why) { stop(kUsage, escape_controls(why)); }

[[noreturn]] void refuse_taken(const std::string& object, const MeshHost& host) {
  refuse(object + " is there for another host than " + host.text() +
         ", or for some workloads or gateways alone, expected none of that name: rename it");
}

/// Changes the route, where the host's ports need one; returns what there is to say.
std::vector<std::string> put_route(HostFiles& host, const FailoverWish& wish, const MeshEntry& entry) {
  if (std::ranges::none_of(entry.ports, may_carry_http)) return {};
  const auto route = host.route();
  if (!route) {
    host.require_no_wildcard();
    const auto is_taken = [&](const ObjectIdentity& each) { return host.is_route_taken(each); };
    const ObjectIdentity identity =
        named_apart({"VirtualService", entry.name_space, wish.host.object(), 0, ""}, is_taken);
    if (host.is_route_taken(identity)) refuse_taken(identity.object(), wish.host);
    host.files().put({}, failover_route(wish, entry, identity, kManifestVersion));
    return {};
  }
  const auto& [place, service] = *route;
  host.files().put(place, with_retries(wish, entry, host.files().json_of(place), service));
  if (may_have_retries(wish.host, service)) return {};
  return {not_retried(service, wish.host)};
}

}  // namespace

Ended create_failover_in_files(const FailoverWish& wish, const MeshFlags& flags) {
  HostFiles host(wish.host, flags);
  const std::string create = "it is made with: " + entry_command(wish.host, flags);
  const auto place = host.entry_place();
  if (!place) refuse("no ServiceEntry of the files is for " + wish.host.text() + "; " + create);
  const std::vector<ManifestObject> before = host.objects();
  host.files().put(place, value_or_stop(failover_entry(wish.localities, host.files().json_of(place)), kUsage));
  const MeshEntry entry = *host.entry();
  if (const auto error = check_addresses(wish.localities, {entry})) refuse(error->message);
  if (const auto error = check_failover(wish, entry, create)) refuse(error->message);
  const auto rule = host.rule_place(entry.name_space);
  if (!rule && host.is_rule_taken(entry.name_space)) {
    refuse_taken("DestinationRule " + entry.name_space + "/" + wish.host.object(), wish.host);
  }
  const std::string rule_before = host.files().json_of(rule);
  const std::string rule_json = value_or_stop(failover_rule(wish, entry, rule_before), kUsage);
  host.files().put(rule, rule_json);
  std::vector<std::string> notes = overriding(rule_json);
  for (std::string& note : gateway_tls_notes(wish, entry, rule_before, rule_json)) notes.push_back(std::move(note));
  for (std::string& note : put_route(host, wish, entry)) notes.push_back(std::move(note));
  for (std::string& note : judge_failover(before, host.objects(), /*live=*/false, kUsage, "")) {
    notes.push_back(std::move(note));
  }
  for (std::string& loss : failover_losses(failover_state(wish, entry))) notes.push_back(std::move(loss));
  return host.files().printed(notes);
}

Ended delete_failover_in_files(const MeshHost& mesh_host, const MeshFlags& flags) {
  HostFiles host(mesh_host, flags);
  const auto take_out = [&](std::optional<size_t> place, const std::string& json) {
    if (json.empty()) return host.files().remove(*place);
    host.files().put(place, json);
  };
  const auto entry = host.entry();
  if (const auto route = host.route()) {
    take_out(route->first, without_retries(mesh_host, host.files().json_of(route->first), route->second));
  }
  if (const auto rule = host.rule_place(entry ? entry->name_space : mesh_host.name_space)) {
    take_out(rule, value_or_stop(rule_without_failover(host.files().json_of(rule)), kUsage));
  }
  return host.files().printed();
}

}  // namespace meshdns
