// Why a name is answered as it is: Catalog::explain. On the control thread, where nothing changes meanwhile.

#include <algorithm>

#include "zone/catalog.h"
#include "zone/catalog_state.h"
#include "zone/record_text.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

Name name_of(std::span<const uint8_t> wire) { return *Name::from_wire(wire); }

std::vector<std::string> texts(const Name& owner, OwnerNode::Found found) {
  std::vector<std::string> texts;
  const uint8_t* record = found.records;
  for (unsigned i = 0; found.rrset != nullptr && i < found.rrset->count; ++i) {
    const size_t size = OwnerNode::record_size(record);
    texts.push_back(record_text(owner, {record, size}));
    record += size;
  }
  return texts;
}

/// "older than b/x" for a winner, "younger than b/x" for who lost to it.
std::string why(const Holding& self, const Holding& winner, const Holding* runner_up, const Sources& sources) {
  const bool wins = &self == &winner;
  if (wins && runner_up == nullptr) return "the only claimant";
  const Holding& other = wins ? *runner_up : winner;
  const std::string who = sources[other.source]->name() + "/" + std::string(other.object());
  if (self.source != other.source)
    return (wins ? "its source comes before that of " : "its source comes after that of ") + who;
  if (self.created != other.created) return (wins ? "older than " : "younger than ") + who;
  return "as old as " + who + (wins ? ", and before it by name" : ", and behind it by name");
}

std::vector<Explanation::Claimant> claimants_of(const Claim* winner, const Sources& sources) {
  std::vector<Explanation::Claimant> claimants;
  for (const Claim* claim = winner; claim != nullptr; claim = claim->next) {
    const Holding& holding = claim->holding();
    const Holding* runner_up = winner->next == nullptr ? nullptr : &winner->next->holding();
    Explanation::Claimant claimant{.source = sources[holding.source]->name(),
                                   .object = std::string(holding.object()),
                                   .created = holding.created,
                                   .addresses = {},
                                   .wins = claim == winner,
                                   .why = why(holding, winner->holding(), runner_up, sources)};
    for (const IpAddress& address : claim->addresses()) claimant.addresses.push_back(address.text());
    claimants.push_back(std::move(claimant));
  }
  return claimants;
}

/// Whether what an object spelled, in whatever case and with a trailing dot or not, is `name`.
bool spells(const std::string& what, const Name& name) {
  const auto parsed = Name::parse(what);
  return parsed && *parsed == name;
}

/// The outcome, and the records that it consists of.
void decide(const Name& asked, uint16_t type, const OwnerTree::Lookup& found, bool complete, Explanation& result) {
  using Outcome = Explanation::Outcome;
  using Match = OwnerTree::Match;
  const bool at_parent_side = type == rr_type::kDs && found.encloser == 0;
  if (found.match == Match::kDelegation && !at_parent_side) {
    result.outcome = Outcome::kReferral;
    result.records = texts(name_of(found.node->name()), found.node->find(rr_type::kNs));
    return;
  }
  if (found.match == Match::kDname) {
    result.outcome = Outcome::kRedirect;
    result.records = texts(name_of(found.node->name()), found.node->find(rr_type::kDname));
    return;
  }
  bool is_alias = false;
  if (found.node != nullptr) {
    const auto rrsets = found.node->rrsets();
    const bool any = type == rr_type::kAny && !rrsets.empty();  // RFC 8482: one RRset
    result.records = texts(asked, found.node->find(any ? rrsets.front().type : type));
    is_alias = result.records.empty() && found.node->is(OwnerNode::kCname);
    if (is_alias) result.records = texts(asked, found.node->find(rr_type::kCname));
  }
  if (!result.records.empty() && (found.match == Match::kExact || complete)) {
    result.outcome = is_alias ? Outcome::kRedirect : Outcome::kAnswer;
  } else if (!complete) {
    result.outcome = Outcome::kNotReady;
    result.note = "a source has not synced yet, and may know the name: see /";
  } else {
    result.outcome = found.node == nullptr ? Outcome::kNxDomain : Outcome::kNoData;
  }
}

}  // namespace

/// A wildcard higher up would have matched, had the closest encloser not been there (RFC 4592 §3.3.1).
void Catalog::State::note_blocked_wildcard(const Zone& zone, const QueryName& asked, size_t encloser,
                                           Explanation& result) const {
  QueryName wildcard;
  for (size_t suffix = encloser + 1; suffix + zone.apex_labels() <= asked.labels(); ++suffix) {
    const std::string above = name_of(asked.wire(suffix)).text();
    const auto wildcard_name = Name::parse(above == "." ? "*" : "*." + above);
    if (!wildcard_name) continue;
    wildcard.assign(*wildcard_name, directory.key());
    if (zone.find(wildcard) == nullptr) continue;
    result.note = "the existing name " + result.closest_encloser + " blocks the wildcard " + wildcard_name->text();
    return;
  }
}

Explanation Catalog::explain(const Name& asked, uint16_t type) const {
  Explanation result;
  for (const auto& [holding, skips] : state_->skipped) {
    for (const Skipped& skip : skips) {
      if (!spells(skip.what, asked)) continue;
      result.skipped.push_back({state_->sources[holding->source]->name(), std::string(holding->object()), skip.what,
                                std::string(text(skip.reason)), skip.detail});
    }
  }

  QueryName name;
  name.assign(asked, state_->directory.key());
  const Zone* zone = state_->directory.find(name);
  if (zone == nullptr) {
    result.note = "the name is in none of the configured zones";
    return result;
  }
  result.zone = zone->apex().text();
  const OwnerTree* tree = zone->tree();
  if (tree == nullptr) {
    result.outcome = Explanation::Outcome::kNotReady;
    result.note = "the zone's file has not been read yet: see /ready";
    return result;
  }
  const OwnerTree::Lookup found = tree->lookup(name);
  result.closest_encloser = name_of(name.wire(found.encloser)).text();
  if (found.node != nullptr) {
    result.owner = name_of(found.node->name()).text();
    result.claimants = claimants_of(state_->claims.winner(found.node->name(), found.node->hash()), state_->sources);
    if (found.node->is_empty_nonterminal()) result.note = "the name exists only because names below it do";
    if (zone->is_reserved(asked)) result.note = "the name is the configuration's: the zone's apex or a name server";
  }
  const Name owner = found.node == nullptr ? asked : name_of(found.node->name());
  if (zone->file_decides(owner)) {
    result.note = "the zone's file decides about " + owner.text();
    for (Explanation::Claimant& claimant : result.claimants) {
      claimant.wins = false;
      claimant.why = result.note;
    }
  }
  decide(asked, type, found, zone->complete(), result);
  if (found.match == OwnerTree::Match::kNone) state_->note_blocked_wildcard(*zone, name, found.encloser, result);
  return result;
}

}  // namespace meshdns
