#pragma once

// Publications as the catalog keeps them. One allocation each, about 130 octets for one host with one address and one port:
//
//   Holding │ Claim × claims │ packed: object │ (name, IPv4 addresses, IPv6 addresses) × claims │ ports
//
// A claim is one host of one publication. The claims of one owner form a list, the winner first. For the catalog's thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "zone/address.h"
#include "zone/publication.h"
#include "zone/sources.h"

namespace meshdns {

struct Holding;

struct Claim {
  Claim* next;            // the owner's next claimant, in order of precedence
  uint32_t hash;          // of the owner, shortened
  uint32_t offset;        // of its packed part, from the holding's start
  uint32_t from_holding;  // of the claim itself
  uint16_t v4;            // addresses
  uint16_t v6 : 14;
  uint16_t origin_bits : 2;  // an AddressOrigin

  const Holding& holding() const;
  std::span<const uint8_t> owner() const;  // wire form
  std::vector<IpAddress> addresses() const;
  std::span<const uint8_t> packed_addresses() const;
  AddressOrigin origin() const { return static_cast<AddressOrigin>(origin_bits); }
};

struct Holding {
  int64_t created;  // Unix seconds
  uint32_t list;    // of the source's lists the last that had begun when it was confirmed
  uint32_t size;    // octets of the allocation
  uint32_t hash;    // of source and object, shortened
  uint32_t claim_count;
  SourceId source;
  uint16_t object_size;
  uint32_t
      records : 31;  // that it may make: an address record for each host and address, a service record for each host and port
  uint32_t served : 1;  // else its namespace's share is used up, and its claims are not among the owners'

  std::span<Claim> claims() { return {reinterpret_cast<Claim*>(this + 1), claim_count}; }
  std::span<const Claim> claims() const { return {reinterpret_cast<const Claim*>(this + 1), claim_count}; }
  std::string_view object() const;  // namespace/name
  std::vector<Port> ports() const;
  size_t port_count() const;

  /// Calls `visit(name, number, protocol)` for each port, and allocates nothing.
  template <class Visit>
  void for_each_port(Visit visit) const {
    const uint8_t* const end = reinterpret_cast<const uint8_t*>(this) + size;
    for (const uint8_t* at = ports_begin(); at != end;) {
      const std::string_view name = take_text(at);
      const uint16_t number = take16(at);
      visit(name, number, take_text(at));
    }
  }
  Publication publication() const;          // without what was skipped
  std::span<const uint8_t> packed() const;  // all behind the claims

 private:
  const uint8_t* ports_begin() const;
  static uint16_t take16(const uint8_t*& at) {
    at += 2;
    return static_cast<uint16_t>(at[-2] << 8 | at[-1]);
  }
  static std::string_view take_text(const uint8_t*& at) {
    const size_t length = take16(at);
    at += length;
    return {reinterpret_cast<const char*>(at - length), length};
  }
};

/// Whether `a` has precedence over `b`: the earlier source, then the older object, then the first by name.
bool precedes(const Holding& a, const Holding& b);

struct HoldingDeleter {
  void operator()(Holding* holding) const;
};
using HoldingPtr = std::unique_ptr<Holding, HoldingDeleter>;

/// Packs publications one after the other, reusing its memory.
class Packer {
 public:
  /// Takes in `publication`, whose hosts have to be at most 65,535, with at most 16,383 addresses each.
  void pack(const Publication& publication);

  /// Whether `holding` holds what was packed.
  bool same_as(const Holding& holding) const;

  /// The holding, its claims not yet linked; list, hash, source and the claims' hashes are the caller's to set.
  HoldingPtr make() const;

 private:
  struct Place {
    uint32_t offset;  // within packed_
    uint16_t v4;
    uint16_t v6;
    AddressOrigin origin;
  };

  int64_t created_ = 0;
  uint16_t object_size_ = 0;
  std::vector<Place> places_;
  size_t records_ = 0;
  std::vector<uint8_t> packed_;
};

}  // namespace meshdns
