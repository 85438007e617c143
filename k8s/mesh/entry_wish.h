#pragma once

// What `entry create` is asked for: a service of another cluster, by the name that clients are to know it by. Plain values, and how the
// command line writes them.
//
// Source: https://istio.io/latest/docs/reference/config/networking/service-entry/

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zone/address.h"
#include "zone/result.h"

namespace meshdns {

/// NAME.NAMESPACE.ZONE, lower case.
struct MeshHost {
  std::string name;
  std::string name_space;
  std::string zone;

  std::string text() const { return name + "." + name_space + "." + zone; }
  /// What its objects are called.
  std::string object() const { return name + "-" + name_space; }
  bool operator==(const MeshHost&) const = default;
};

Result<MeshHost> parse_mesh_host(std::string_view text);

struct EntryPort {
  std::string name;
  uint16_t number;
  std::string protocol;  // as Istio spells it: "HTTP"
  bool operator==(const EntryPort&) const = default;
};

/// What a ServiceEntry's port may carry; upper or lower case. Nothing: Istio does not know it, or does not carry it, as UDP.
std::optional<std::string> istio_protocol(std::string_view text);

/// NAME:NUMBER/PROTOCOL
Result<EntryPort> parse_entry_port(std::string_view text);

/// Names or numbers that are there twice, or more ports than an entry may have.
std::optional<Error> check_ports(const std::vector<EntryPort>& ports);

struct EntryEndpoint {
  std::string address;              // an IP address, or a host name
  std::optional<uint16_t> gateway;  // the port of a gateway at that address; nothing: the servers themselves are there
  std::string locality;             // "region/zone/subzone"; empty: not known
  // Where servers that are reached directly listen, by the entry's port's number; a port without one: at that number.
  std::map<uint16_t, uint16_t> ports{};

  bool is_ip() const { return static_cast<bool>(IpAddress::parse(address)); }
  bool operator==(const EntryEndpoint&) const = default;
};

/// ADDRESS: an IP address or a host name, reached directly.
Result<EntryEndpoint> parse_endpoint_address(std::string_view text);

/// HOST[:PORT], IPv6 in brackets where a port follows.
Result<EntryEndpoint> parse_gateway_address(std::string_view text);

/// By which name the serving side's gateway knows what is asked for: row A and row B of how 15443 is made to work.
enum class Sni : uint8_t {
  kService,  // outbound_.PORT_._.SERVICE.NAMESPACE.svc.cluster.local: nothing to do there
  kGlobal,   // outbound_.PORT_._.HOST: the serving side needs the entry, too, and HOST in its Gateway's hosts
};

Result<Sni> parse_sni(std::string_view text);

struct EntryWish {
  MeshHost host;
  std::vector<EntryPort> ports;
  std::vector<EntryEndpoint> endpoints;
  std::vector<IpAddress> addresses;  // its VIPs
  Sni sni = Sni::kService;
  std::string service;            // of the serving side: "serverservice04.bar.svc.cluster.local"
  std::string rule_name_space{};  // where the host's entry is, as clients look for rules there; empty: the host's
  bool has_other_ports = false;   // beside these, whose mTLS is not written
  bool has_sidecars = false;      // the servers that are reached directly; those behind a gateway must

  bool has_gateway() const;
  /// mTLS is for all endpoints or for none.
  bool has_mtls() const { return has_sidecars || has_gateway(); }
  /// STATIC where all endpoints are IP addresses, else DNS.
  std::string resolution() const;
};

}  // namespace meshdns
