#pragma once

// Which addresses a ServiceEntry has for its hosts. The first of these that there are:
//
//   in a zone that answers endpoints   the endpoints' IPs, of those whose ports are the service's
//   in every other zone                spec.addresses; where the spec names none, what istiod allocated (status.addresses)
//   where these give nothing           what publish.withoutAddress says
//
// Source: istio/istio pkg/dns/server/name_table.go; Istio itself never answers endpoints.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "k8s/istio/publish_rules.h"
#include "k8s/istio/service_entry.h"
#include "zone/publication.h"

namespace meshdns {

/// Of one entry, which it refers to like the rules and the list of what is left out; to that it adds what it reads and cannot use. A
/// list that no host asks for is not read.
class EntryAddresses {
 public:
  EntryAddresses(const ServiceEntry& entry, const PublishRules& rules, std::vector<Skipped>& skipped)
      : entry_(entry), rules_(rules), skipped_(skipped) {}

  /// Fills in the host's addresses and their origin. Without any, the host itself is among what is left out.
  void assign(HostAddresses& host);

 private:
  using Addresses = std::vector<IpAddress>;
  struct Allocated {
    IpAddress address;
    std::optional<Name> host;  // nothing: every host
  };

  const Addresses& of_spec();
  const std::vector<Allocated>& allocated();
  const Addresses& of_endpoints();
  void assign_service(HostAddresses& host);
  void assign_endpoints(HostAddresses& host);
  std::string expected(Answer answer) const;
  std::optional<IpAddress> read_address(const std::string& text);
  void skip(Skipped skipped);

  const ServiceEntry& entry_;
  const PublishRules& rules_;
  std::vector<Skipped>& skipped_;
  std::optional<Addresses> spec_;
  std::optional<std::vector<Allocated>> allocated_;
  std::optional<Addresses> endpoints_;
  std::array<uint16_t, kSkipReasons> said_{};  // of addresses and endpoints, by reason
};

}  // namespace meshdns
