#include "k8s/mesh/lint_mesh.h"

#include <algorithm>
#include <utility>

#include "k8s/istio/manifest.h"
#include "k8s/istio/publisher.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/serving_side.h"

namespace meshdns {
namespace {

Result<LintEntry> parse_entry(std::string_view json, std::string_view name_space) {
  auto entry = parse_mesh_entry(json, name_space);
  if (!entry) return Error{entry.error()};
  auto served = parse_service_entry(json);
  if (!served) return Error{served.error()};
  PublishRules rules;
  rules.visibility = PublishRules::Visibility::kAll;  // who sees it is a question of its own
  return LintEntry{*std::move(entry), publish(*std::move(served), rules).skipped};
}

Result<LintNode> parse_node(std::string_view json, std::string_view) {
  auto identity = parse_identity(json, "Node", "");
  if (!identity) return Error{identity.error()};
  const auto node = parse_serving_node(json);
  if (!node) return Error{node.error()};
  return LintNode{*std::move(identity), common_locality({*node})};
}

/// Of the host itself, else of the closest wildcard above it.
template <class Map>
typename Map::const_iterator closest(const Map& by_host, std::string_view host) {
  auto found = by_host.find(host);
  for (size_t dot = host.find('.'); found == by_host.end() && dot != std::string_view::npos;
       dot = host.find('.', dot + 1)) {
    found = by_host.find("*" + std::string(host.substr(dot)));
  }
  return found == by_host.end() ? by_host.find(std::string_view("*")) : found;
}

}  // namespace

std::string Declared::name_space() const {
  if (service != nullptr) return service->name_space;
  return entries.empty() ? "" : entries.front()->name_space;
}

void LintMesh::add(const ManifestObject& object, std::string_view name_space) {
  const auto keep = [&]<class Object>(Result<Object> (*parse)(std::string_view, std::string_view),
                                      std::vector<Object>& all) {
    auto parsed = parse(object.json, name_space);
    if (!parsed) {
      auto identity = parse_identity(object.json, object.kind, name_space);
      UnreadableObject unreadable{identity ? *std::move(identity) : ObjectIdentity{object.kind, "", "", 0, ""},
                                  parsed.error()};
      unreadable.place = object.place;
      order_.try_emplace({unreadable.object(), unreadable.place}, order_.size());
      return unreadable_.push_back(std::move(unreadable));
    }
    parsed->place = object.place;
    order_.try_emplace({parsed->object(), parsed->place}, order_.size());
    const auto [known, added] = places_.try_emplace({object.kind, parsed->name_space, parsed->name}, all.size());
    if (added) return all.push_back(*std::move(parsed));
    Object& before = all[known->second];
    if (parsed->created == 0) parsed->created = before.created;
    before = *std::move(parsed);
  };
  if (object.kind == "Service" && object.api_version == "v1") return keep(parse_service, services_);
  if (object.kind == "Node" && object.api_version == "v1") return keep(parse_node, nodes_);
  if (!object.api_version.starts_with("networking.istio.io/")) return;
  if (object.kind == "ServiceEntry") keep(parse_entry, entries_);
  if (object.kind == "VirtualService") keep(parse_virtual_service, routes_);
  if (object.kind == "DestinationRule") keep(parse_destination_rule, rules_);
  if (object.kind == "Gateway") keep(parse_gateway, gateways_);
}

void LintMesh::index() {
  for (const LintEntry& entry : entries_) {
    for (const std::string& host : entry.hosts) {
      auto& rivals = entries_by_host_[canonical_host(host)];
      if (rivals.empty() || rivals.back() != &entry) rivals.push_back(&entry);
    }
  }
  for (const DestinationRule& rule : rules_) rules_by_host_[rule.host].push_back(&rule);
  for (const Service& service : services_) services_by_host_.emplace(service.host(), &service);
  for (const VirtualService& route : routes_) {
    routes_by_name_.emplace(std::pair(std::string_view(route.name_space), std::string_view(route.name)), &route);
  }
  for (const auto& [host, entries] : entries_by_host_) hosts_.push_back(host);
  for (const auto& [host, service] : services_by_host_) hosts_.push_back(host);
}

size_t LintMesh::size() const {
  return entries_.size() + routes_.size() + rules_.size() + gateways_.size() + services_.size() + unreadable_.size();
}

Declared LintMesh::declared(std::string_view host) const {
  Declared declared;
  if (const auto service = services_by_host_.find(host); service != services_by_host_.end()) {
    declared.service = service->second;
  }
  const auto entries = declared.service == nullptr ? closest(entries_by_host_, host) : entries_by_host_.find(host);
  if (entries != entries_by_host_.end()) declared.entries = entries->second;
  return declared;
}

std::vector<const DestinationRule*> LintMesh::rules_of(std::string_view host) const {
  const auto rules = closest(rules_by_host_, host);
  return rules == rules_by_host_.end() ? std::vector<const DestinationRule*>() : rules->second;
}

const VirtualService* LintMesh::route(std::string_view name_space, std::string_view name) const {
  const auto found = routes_by_name_.find({name_space, name});
  return found == routes_by_name_.end() ? nullptr : found->second;
}

size_t LintMesh::order_of(const ObjectIdentity& object) const {
  const auto found = order_.find({object.object(), object.place});
  return found == order_.end() ? order_.size() : found->second;
}

}  // namespace meshdns
