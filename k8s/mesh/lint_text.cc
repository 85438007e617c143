#include "k8s/mesh/lint_text.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/export_to.h"
#include "zone/joined.h"
#include "zone/nearest.h"

namespace meshdns {
namespace {

constexpr std::string_view kServices = ".svc.cluster.local";
constexpr size_t kMostListed = 8;

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return text;
}

std::string_view first_label(std::string_view host) { return host.substr(0, host.find('.')); }

/// Whether one Service may be meant by the other's host, most of which all Services have: it is called nearly so.
bool is_like(std::string_view candidate, std::string_view host) {
  const std::array label = {first_label(candidate)};
  const std::string_view wanted = first_label(host);
  return !nearest(wanted, label, std::max<size_t>(wanted.size() / 2, 1)).empty();
}

std::string_view nearest_host(const LintMesh& mesh, const std::string& host, size_t most) {
  if (!is_service_host(host)) return nearest(host, mesh.hosts(), most);
  std::vector<std::string_view> candidates;
  std::ranges::copy_if(mesh.hosts(), std::back_inserter(candidates),
                       [&](std::string_view each) { return is_like(each, host); });
  return nearest(host, candidates, most);
}

}  // namespace

std::string with_place(const ObjectIdentity& object) {
  return object.object() + (object.place.empty() ? "" : " (" + object.place + ")");
}

std::string declaring(const Declared& declared) {
  if (declared.service != nullptr) return with_place(*declared.service);
  return declared.entries.empty() ? "" : with_place(*declared.entries.front());
}

std::string suggestion(const LintMesh& mesh, const std::string& host, size_t most) {
  for (const std::string_view rest : {".cluster.local", ".svc.cluster.local"}) {
    const std::string full = host + std::string(rest);
    if (mesh.declared(full).service != nullptr) {
      return "; Istio takes a host with a dot as it stands: write " + shown(full);
    }
  }
  const std::string near(nearest_host(mesh, host, most));
  if (near.empty()) return {};
  return "; the nearest is " + shown(near) + ", of " + declaring(mesh.declared(near)) +
         ": write that, or declare the host";
}

size_t likely_edits(std::string_view host) { return host.size() / 3; }

std::vector<DeclaredPort> ports_of(const Declared& declared) {
  std::vector<DeclaredPort> ports;
  const auto add = [&](uint16_t number, const std::string& name, std::string protocol) {
    if (std::ranges::find(ports, number, &DeclaredPort::number) == ports.end()) {
      ports.push_back({number, name, std::move(protocol)});
    }
  };
  for (const LintEntry* entry : declared.entries) {
    for (const MeshEntry::Port& port : entry->ports) add(port.number, port.name, lowered(port.protocol));
  }
  if (declared.service != nullptr) {
    for (const Service::Port& port : declared.service->ports) add(port.number, port.name, mesh_protocol(port));
  }
  return ports;
}

std::string list_of(const std::vector<DeclaredPort>& ports) {
  std::vector<std::string> texts;
  for (const DeclaredPort& port : ports) {
    if (texts.size() == kMostListed) {
      texts.push_back("and " + std::to_string(ports.size() - kMostListed) + " more");
      break;
    }
    texts.push_back(std::to_string(port.number) + (port.name.empty() ? "" : " (" + shown(port.name) + ")"));
  }
  return joined(texts);
}

bool may_be_http(const DeclaredPort& port) {
  static constexpr std::array<std::string_view, 5> kHttp = {"", "http", "http2", "grpc", "grpc-web"};
  return std::ranges::find(kHttp, port.protocol) != kHttp.end();
}

bool is_in(const std::vector<Name>& zones, std::string_view host) {
  const std::string canonical = canonical_host(host);
  return std::ranges::any_of(zones, [&](const Name& zone) {
    const std::string apex = zone.text();
    return zone.is_root() || canonical == apex || canonical.ends_with("." + apex);
  });
}

bool has_host_in(const std::vector<Name>& zones, const MeshEntry& entry) {
  return std::ranges::any_of(entry.hosts, [&](const std::string& host) { return is_in(zones, host); });
}

const DestinationRule* followed_rule(const LintMesh& mesh, const LintEntry& entry, const std::string& host) {
  const auto rules = mesh.rules_of(canonical_host(host));
  for (const std::string_view name_space : {std::string_view(entry.name_space), kRootNamespace}) {
    const auto rule = std::ranges::find(rules, name_space, &DestinationRule::name_space);
    if (rule != rules.end()) return *rule;
  }
  return rules.empty() ? nullptr : rules.front();
}

bool is_service_host(std::string_view host) { return host.ends_with(kServices); }

}  // namespace meshdns
