#include "k8s/stub/cluster_domain.h"

#include <string>
#include <utility>

namespace meshdns {

std::vector<Name> cluster_domains(const Corefile& corefile) {
  std::vector<Name> domains;
  for (const ServerBlock& block : corefile.blocks()) {
    for (const Directive& directive : block.directives) {
      if (!directive.is("kubernetes")) continue;
      for (const CorefileToken& argument : directive.arguments) {
        if (auto zone = parse_stub_zone(argument.text)) domains.push_back(*std::move(zone));
      }
    }
  }
  return domains;
}

std::optional<Error> clash_with_cluster(const Name& zone, const std::vector<Name>& domains) {
  constexpr const char* kLost = ": its names would be lost; choose another zone";
  for (const Name& domain : domains) {
    if (zone == domain) return Error{"found " + zone.text() + ", which is the cluster's own domain" + kLost};
    if (zone.is_within(domain)) {
      return Error{"found " + zone.text() + ", which lies in the cluster's own domain " + domain.text() + kLost};
    }
    if (domain.is_within(zone)) {
      return Error{"found " + zone.text() + ", which holds the cluster's own domain " + domain.text() + kLost};
    }
  }
  return std::nullopt;
}

}  // namespace meshdns
