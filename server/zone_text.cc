#include "server/zone_text.h"

#include <algorithm>
#include <array>
#include <span>

#include "server/zone_copy.h"
#include "zone/name.h"
#include "zone/owner_node.h"
#include "zone/record_text.h"
#include "zone/rr_type.h"

namespace meshdns {

namespace {

constexpr size_t kOwnersAtOnce = 256;  // some 16 KiB of text: larger only takes memory, smaller costs calls

/// Compares names in wire form, lower-cased, from the last label to the first.
bool canonically_before(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  struct Labels {
    std::array<uint8_t, Name::kMaxLabels> at;
    size_t count = 0;
    explicit Labels(std::span<const uint8_t> name) {
      for (size_t i = 0; name[i] != 0; i += name[i] + 1U) at[count++] = static_cast<uint8_t>(i);
    }
  };
  const Labels of_a(a);
  const Labels of_b(b);
  for (size_t i = 1; i <= std::min(of_a.count, of_b.count); ++i) {
    const uint8_t* label_a = &a[of_a.at[of_a.count - i]];
    const uint8_t* label_b = &b[of_b.at[of_b.count - i]];
    const auto order = std::lexicographical_compare_three_way(label_a + 1, label_a + 1 + *label_a, label_b + 1,
                                                              label_b + 1 + *label_b);
    if (order != 0) return order < 0;
  }
  return of_a.count < of_b.count;
}

}  // namespace

ZoneText::ZoneText(const ZoneCopy& zone) : origin_(zone.apex().text()) {
  for (const OwnerNode* node : zone.owners()) copy(*node);
  const auto name = [this](const Owner& owner) {
    return std::span(copies_).subspan(owner.name, owner.records - owner.name);
  };
  std::sort(owners_.begin(), owners_.end(),
            [&](const Owner& a, const Owner& b) { return canonically_before(name(a), name(b)); });
}

void ZoneText::copy(const OwnerNode& node) {
  if (node.is_empty_nonterminal()) return;
  const size_t start = copies_.size();
  copies_.insert(copies_.end(), node.name().begin(), node.name().end());
  const size_t records = copies_.size();
  const auto copy_if = [&](auto wanted) {
    for (const Rrset& rrset : node.rrsets()) {
      const uint8_t* first = node.find(rrset.type).records;
      if (wanted(rrset.type)) copies_.insert(copies_.end(), first, first + rrset.size);
    }
  };
  copy_if([](uint16_t type) { return type == rr_type::kSoa; });  // a master file begins with it
  copy_if([](uint16_t type) { return type != rr_type::kSoa; });
  owners_.push_back({start, records, copies_.size()});
}

bool ZoneText::next(std::string& out) {
  if (next_ == 0) out += "$ORIGIN " + origin_ + (origin_ == "." ? "\n" : ".\n");
  const size_t end = std::min(next_ + kOwnersAtOnce, owners_.size());
  for (; next_ < end; ++next_) append(owners_[next_], out);
  return next_ < owners_.size();
}

void ZoneText::append(const Owner& owner, std::string& out) const {
  const std::span<const uint8_t> copies(copies_);
  const auto name = Name::from_wire(copies.subspan(owner.name, owner.records - owner.name));
  for (size_t at = owner.records; at < owner.end;) {
    const size_t size = OwnerNode::record_size(&copies[at]);
    out += record_text(*name, copies.subspan(at, size)) + "\n";
    at += size;
  }
}

}  // namespace meshdns
