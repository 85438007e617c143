#include "zone/holding.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <tuple>

#include "zone/octets.h"

namespace meshdns {

static_assert(sizeof(Claim) == 24 && sizeof(Holding) == 32, "at a million publications each octet is a megabyte");

namespace {

const uint8_t* start_of(const Holding& holding) { return reinterpret_cast<const uint8_t*>(&holding); }

size_t packed_offset(size_t claims) { return sizeof(Holding) + claims * sizeof(Claim); }

size_t name_size(const uint8_t* wire) {
  size_t at = 0;
  while (wire[at] != 0) at += wire[at] + size_t{1};
  return at + 1;
}

void put_text(std::vector<uint8_t>& out, std::string_view text) {
  append16(out, text.size());
  out.insert(out.end(), text.begin(), text.end());
}

}  // namespace

const Holding& Claim::holding() const {
  return *reinterpret_cast<const Holding*>(reinterpret_cast<const uint8_t*>(this) - from_holding);
}

std::span<const uint8_t> Claim::owner() const {
  const uint8_t* wire = start_of(holding()) + offset;
  return {wire, name_size(wire)};
}

std::span<const uint8_t> Claim::packed_addresses() const {
  const std::span<const uint8_t> name = owner();
  return {name.data() + name.size(), v4 * size_t{4} + v6 * size_t{16}};
}

std::vector<IpAddress> Claim::addresses() const {
  std::vector<IpAddress> addresses;
  const uint8_t* at = packed_addresses().data();
  for (unsigned i = 0; i < v4; ++i, at += 4) addresses.push_back(IpAddress::v4(std::span<const uint8_t, 4>(at, 4)));
  for (unsigned i = 0; i < v6; ++i, at += 16) addresses.push_back(IpAddress::v6(std::span<const uint8_t, 16>(at, 16)));
  return addresses;
}

std::string_view Holding::object() const { return {reinterpret_cast<const char*>(packed().data()), object_size}; }

std::span<const uint8_t> Holding::packed() const {
  const size_t offset = packed_offset(claim_count);
  return {start_of(*this) + offset, size - offset};
}

const uint8_t* Holding::ports_begin() const {
  if (claim_count == 0) return packed().data() + object_size;
  const std::span<const uint8_t> last = claims().back().packed_addresses();
  return last.data() + last.size();
}

std::vector<Port> Holding::ports() const {
  std::vector<Port> ports;
  for_each_port([&](std::string_view name, uint16_t number, std::string_view protocol) {
    ports.push_back({std::string(name), number, std::string(protocol)});
  });
  return ports;
}

size_t Holding::port_count() const {
  if (claim_count == 0) return 0;
  size_t addresses = 0;
  for (const Claim& claim : claims()) addresses += size_t{claim.v4} + claim.v6;
  return (records - addresses) / claim_count;
}

Publication Holding::publication() const {
  Publication publication{
      .object = std::string(object()), .created = created, .hosts = {}, .ports = ports(), .skipped = {}};
  for (const Claim& claim : claims()) {
    publication.hosts.push_back(
        {.owner = *Name::from_wire(claim.owner()), .addresses = claim.addresses(), .origin = claim.origin()});
  }
  return publication;
}

bool precedes(const Holding& a, const Holding& b) {
  return std::tuple(a.source, a.created, a.object()) < std::tuple(b.source, b.created, b.object());
}

void HoldingDeleter::operator()(Holding* holding) const { std::free(holding); }

void Packer::pack(const Publication& publication) {
  created_ = publication.created;
  object_size_ = static_cast<uint16_t>(publication.object.size());
  packed_.assign(publication.object.begin(), publication.object.end());
  places_.clear();
  records_ = publication.hosts.size() * publication.ports.size();
  for (const HostAddresses& host : publication.hosts) {
    Place place{static_cast<uint32_t>(packed_.size()), 0, 0, host.origin};
    packed_.insert(packed_.end(), host.owner.wire().begin(), host.owner.wire().end());
    for (const bool v4 : {true, false}) {
      for (const IpAddress& address : host.addresses) {
        if (address.is_v4() != v4) continue;
        ++(v4 ? place.v4 : place.v6);
        packed_.insert(packed_.end(), address.bytes().begin(), address.bytes().end());
      }
    }
    records_ += host.addresses.size();
    places_.push_back(place);
  }
  for (const Port& port : publication.ports) {
    put_text(packed_, port.name);
    append16(packed_, port.number);
    put_text(packed_, port.protocol);
  }
}

bool Packer::same_as(const Holding& holding) const {
  const auto same_place = [&](const Claim& claim, const Place& place) {
    return claim.offset - packed_offset(places_.size()) == place.offset && claim.v4 == place.v4 &&
           claim.v6 == place.v6 && claim.origin() == place.origin;
  };
  const auto claims = holding.claims();
  const auto packed = holding.packed();
  return holding.created == created_ && holding.object_size == object_size_ &&
         std::equal(claims.begin(), claims.end(), places_.begin(), places_.end(), same_place) &&
         std::equal(packed.begin(), packed.end(), packed_.begin(), packed_.end());
}

HoldingPtr Packer::make() const {
  const size_t offset = packed_offset(places_.size());
  const size_t size = offset + packed_.size();
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  auto* holding = new (memory) Holding{.created = created_,
                                       .list = 0,
                                       .size = static_cast<uint32_t>(size),
                                       .hash = 0,
                                       .claim_count = static_cast<uint32_t>(places_.size()),
                                       .source = 0,
                                       .object_size = object_size_,
                                       .records = static_cast<uint32_t>(records_ & 0x7fff'ffffU),
                                       .served = 0};
  auto* claim = reinterpret_cast<Claim*>(holding + 1);
  for (const Place& place : places_) {
    const auto from_holding = static_cast<uint32_t>(reinterpret_cast<uint8_t*>(claim) - start_of(*holding));
    new (claim++) Claim{.next = nullptr,
                        .hash = 0,
                        .offset = static_cast<uint32_t>(offset + place.offset),
                        .from_holding = from_holding,
                        .v4 = place.v4,
                        .v6 = static_cast<uint16_t>(place.v6 & 0x3fffU),
                        .origin_bits = static_cast<uint16_t>(static_cast<uint16_t>(place.origin) & 3U)};
  }
  std::copy(packed_.begin(), packed_.end(), reinterpret_cast<uint8_t*>(claim));
  return HoldingPtr(holding);
}

}  // namespace meshdns
