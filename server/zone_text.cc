#include "server/zone_text.h"

#include <ldns/ldns.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include "zone/epochs.h"
#include "zone/name.h"
#include "zone/owner_node.h"
#include "zone/rr_type.h"
#include "zone/zone.h"

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

ZoneText::ZoneText(const Zone& zone, Epochs& epochs) : origin_(zone.apex().text()) {
  {
    Epochs::Reader reader(epochs);
    const Epochs::Guard guard(reader);
    zone.for_each_owner([this](const OwnerNode& node) { copy(node); });
  }
  const auto name = [this](const Owner& owner) {
    return std::span(copies_).subspan(owner.name, owner.records - owner.name);
  };
  std::sort(owners_.begin(), owners_.end(),
            [&](const Owner& a, const Owner& b) { return canonically_before(name(a), name(b)); });
  // An owner that was taken away and put back while the copy was made may have been met in both its places.
  const auto same = [&](const Owner& a, const Owner& b) { return std::ranges::equal(name(a), name(b)); };
  owners_.erase(std::unique(owners_.begin(), owners_.end(), same), owners_.end());
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

// The records name their owner by a pointer to octet 12: they are put where it says that, behind a question.
void ZoneText::append(const Owner& owner, std::string& out) const {
  std::vector<uint8_t> message(LDNS_HEADER_SIZE);
  message.insert(message.end(), &copies_[owner.name], &copies_[owner.records]);
  message.insert(message.end(), {0, LDNS_RR_TYPE_ANY, 0, LDNS_RR_CLASS_IN});
  size_t at = message.size();
  message.insert(message.end(), &copies_[owner.records], copies_.data() + owner.end);

  while (at < message.size()) {
    ldns_rr* parsed = nullptr;
    if (ldns_wire2rr(&parsed, message.data(), message.size(), &at, LDNS_SECTION_ANSWER) != LDNS_STATUS_OK) return;
    const std::unique_ptr<ldns_rr, decltype(&ldns_rr_free)> rr(parsed, ldns_rr_free);
    const std::unique_ptr<char, decltype(&free)> text(ldns_rr2str(rr.get()), free);
    if (text) out += text.get();
  }
}

}  // namespace meshdns
