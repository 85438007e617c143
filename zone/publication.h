#pragma once

// What one source object (a ServiceEntry) wants to publish. The publisher makes it, the catalog decides about it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zone/address.h"
#include "zone/name.h"

namespace meshdns {

/// Why a part of an object is not served. The text form is the value of a metric's label, so the set is closed.
enum class SkipReason : uint8_t {
  kInvalidObject,     // no usable metadata or spec
  kInvalidHost,       // not a host name, by Istio's rules
  kNotDnsName,        // a host that Istio allows and DNS cannot carry: too long, or `*foo`
  kInvalidAddress,    // neither an IP address nor a CIDR block
  kAddressBlock,      // a CIDR block of more than one address
  kInvalidPort,       // a number outside 1–65535, or no name
  kNoAddress,         // a valid host without an address to answer
  kNotExported,       // exportTo does not say everybody, and publish.visibility is public
  kOutsideZones,      // the host is in no zone of ours
  kReserved,          // the host is an apex or a name server's name: the configuration's alone
  kZoneFile,          // the zone's file has the host, or delegates or redirects it
  kEndpointNotIp,     // endpoints are answered, and this one is a host name or a socket
  kChangedPort,       // endpoints are answered, and this one listens on another port than the service's
  kTooManyEndpoints,  // endpoints are answered, and these come after the first that are
  kTooLarge,          // the object has more hosts, addresses and ports than one may publish
  kOtherNamespace,    // publish.claims is namespace, and the host is another namespace's
  kNamespaceFull,     // older objects of the namespace take all that one namespace may
};
inline constexpr size_t kSkipReasons = 17;
std::string_view text(SkipReason reason);  // "invalid-host"

struct Skipped {
  SkipReason reason;
  std::string what;    // the host, address or field as the object spells it; bounded, printable
  std::string detail;  // what was expected
  bool operator==(const Skipped&) const = default;
};

/// What the hosts of a zone are answered: the addresses of their service, which a sidecar captures, or those of its endpoints.
enum class Answer : uint8_t { kAddresses, kEndpoints };

/// What a host's addresses are. PTR records name the first two alone: the others belong to no host in particular.
enum class AddressOrigin : uint8_t { kSpec, kStatus, kDefault, kEndpoints };
std::string_view text(AddressOrigin origin);  // "spec.addresses"

struct HostAddresses {
  Name owner;
  std::vector<IpAddress> addresses{};  // at least one, in the object's order, without duplicates
  AddressOrigin origin = AddressOrigin::kSpec;
  bool operator==(const HostAddresses&) const = default;
};

struct Port {
  std::string name;  // "http1"
  uint16_t number;
  std::string protocol;  // as the object spells it: "http", "TCP"
  bool operator==(const Port&) const = default;
};

/// A plain value. Its TTL is the zone's; its identity is (source, object).
struct Publication {
  std::string object;   // namespace/name, unique within its source
  int64_t created = 0;  // creationTimestamp, Unix seconds; the oldest claimant of a host wins
  std::vector<HostAddresses> hosts;
  std::vector<Port> ports;
  std::vector<Skipped> skipped;
  bool operator==(const Publication&) const = default;
};

/// What changed at one source since the last batch. An object is in one of the two lists at most.
struct Batch {
  std::vector<Publication> upserts;
  std::vector<std::string> removals;  // objects: namespace/name
  bool empty() const { return upserts.empty() && removals.empty(); }
};

}  // namespace meshdns
