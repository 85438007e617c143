#include "server/chaos.h"

#include <algorithm>

#include "server/wire.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

enum class Asks : uint8_t { kVersion, kServer };

struct Owner {
  std::string_view wire;  // without the root label, which ends the literal
  Asks asks;
};

constexpr Owner kOwners[] = {
    {"\7version\4bind", Asks::kVersion},
    {"\7version\6server", Asks::kVersion},
    {"\10hostname\4bind", Asks::kServer},
    {"\2id\6server", Asks::kServer},
};

}  // namespace

Chaos::Chaos(const Identity& identity) : version_(identity.version), server_(identity.nsid) {}

Chaos::Txt::Txt(std::string_view text) {
  if (text.empty()) return;
  text = text.substr(0, Identity::kMaxSize);
  record.resize(OwnerNode::kRecordHeader);
  put16(record.data(), 0xc000 | kHeaderSize);  // owner: the question's name
  put16(record.data() + 2, rr_type::kTxt);
  put16(record.data() + 4, kClassChaos);
  put32(record.data() + OwnerNode::kTtlOffset, 0);
  put16(record.data() + 10, static_cast<unsigned>(text.size() + 1));
  record.push_back(static_cast<uint8_t>(text.size()));
  record.insert(record.end(), text.begin(), text.end());
  rrset = {.type = rr_type::kTxt, .count = 1, .size = static_cast<uint16_t>(record.size()), .stride = 0};
}

OwnerNode::Found Chaos::Txt::found() const {
  if (record.empty()) return {};
  return {&rrset, record.data()};
}

OwnerNode::Found Chaos::find(const QueryName& name, uint16_t type) const {
  if (type != rr_type::kTxt && type != rr_type::kAny) return {};
  const std::span<const uint8_t> wire = name.wire();
  const std::string_view asked(reinterpret_cast<const char*>(wire.data()), wire.size() - 1);
  const auto* owner = std::ranges::find(kOwners, asked, &Owner::wire);
  if (owner == std::end(kOwners)) return {};
  return (owner->asks == Asks::kVersion ? version_ : server_).found();
}

}  // namespace meshdns
