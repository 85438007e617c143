// Why a name is answered as it is: Catalog::explain. On the control thread, where nothing changes meanwhile.

#include <algorithm>
#include <set>

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

/// "older than b/x" for who comes before the other, "younger than b/x" for who comes behind it.
std::string order(const Holding& self, const Holding& other, const Sources& sources) {
  const bool first = precedes(self, other);
  const std::string who = sources[other.source]->name() + "/" + std::string(other.object());
  if (self.source != other.source)
    return (first ? "its source comes before that of " : "its source comes after that of ") + who;
  if (self.created != other.created) return (first ? "older than " : "younger than ") + who;
  return "as old as " + who + (first ? ", and before it by name" : ", and behind it by name");
}

/// Whether what an object spelled, in whatever case and with a trailing dot or not, is `name`, or a wildcard above it.
bool concerns(const std::string& what, const Name& name) {
  const auto parsed = Name::parse(what);
  if (!parsed) return false;
  return *parsed == name || (parsed->is_wildcard() && name.is_within(parsed->parent()) && name != parsed->parent());
}

/// Whether the reason is one that no host of the object is spared.
bool concerns_all_hosts(SkipReason reason) {
  switch (reason) {
    case SkipReason::kInvalidObject:
    case SkipReason::kInvalidAddress:
    case SkipReason::kAddressBlock:
    case SkipReason::kInvalidPort:
    case SkipReason::kEndpointNotIp:
    case SkipReason::kChangedPort:
    case SkipReason::kTooManyEndpoints:
      return true;
    default:
      return false;
  }
}

void add_note(Explanation& result, const std::string& note) { result.note += (result.note.empty() ? "" : "; ") + note; }

/// The outcome, and the records that it consists of.
void conclude(const Name& asked, uint16_t type, const OwnerTree::Lookup& found, bool complete, Explanation& result) {
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
    add_note(result, "a source has not synced yet, and may know the name: see /ready");
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
    if (!wildcard_name || *wildcard_name == name_of(asked.wire(0))) continue;
    wildcard.assign(*wildcard_name, directory.key());
    if (zone.find(wildcard) == nullptr) continue;
    add_note(result, "the existing name " + result.closest_encloser + " blocks the wildcard " + wildcard_name->text());
    return;
  }
}

/// The first of them, and whether they answer; why they do or do not.
std::vector<Explanation::Claimant> Catalog::State::claimants_of(const Claim* winner) const {
  constexpr size_t kMost = 100;  // a person reads no more
  std::vector<Explanation::Claimant> result;
  const std::vector<const Claim*> answering = contributors(winner);
  const bool merges = options.conflicts == CatalogOptions::Conflicts::kMerge;
  for (const Claim* claim = winner; claim != nullptr && result.size() < kMost; claim = claim->next) {
    const Claim* const other = claim == winner ? winner->next : winner;
    std::string why = other == nullptr ? "the only claimant" : order(claim->holding(), other->holding(), sources);
    const bool answers = std::ranges::count(answering, claim) > 0;
    if (answers && merges && other != nullptr) why = "merged; " + why;
    if (!answers && merges) why = "behind those that are merged; " + why;
    if (claim != winner && claims.same_answer(*claim, *winner)) why = "gives the same answer; " + why;
    Explanation::Claimant& claimant =
        result.emplace_back(Explanation::Claimant{.source = sources[claim->holding().source]->name(),
                                                  .object = std::string(claim->holding().object()),
                                                  .created = claim->holding().created,
                                                  .addresses = {},
                                                  .origin = std::string(text(claim->origin())),
                                                  .wins = answers,
                                                  .why = std::move(why)});
    for (const IpAddress& address : claim->addresses()) claimant.addresses.push_back(address.text());
  }
  return result;
}

/// Of all who asked for the name, or for a wildcard above it: that, and what of the object keeps all its hosts from an answer.
void Catalog::State::note_skipped(const Name& asked, const Claim* winner, Explanation& result) const {
  const auto add_skipped = [&](const Holding& holding, const Skipped& skip) {
    result.skipped.push_back({sources[holding.source]->name(), std::string(holding.object()), skip.what,
                              std::string(text(skip.reason)), skip.detail});
  };
  std::set<const Holding*> claimants;
  for (const Claim* claim = winner; claim != nullptr; claim = claim->next) claimants.insert(&claim->holding());
  for (const auto& [holding, skips] : skipped) {
    const bool asks = claimants.contains(holding) ||
                      std::ranges::any_of(skips, [&](const Skipped& skip) { return concerns(skip.what, asked); });
    if (!asks) continue;
    for (const Skipped& skip : skips) {
      if (!concerns_all_hosts(skip.reason) && !concerns(skip.what, asked)) continue;
      add_skipped(*holding, skip);
    }
  }
  shares.for_each_waiting([&](const Holding& holding) {
    for (const Claim& claim : holding.claims()) {
      const Name host = name_of(claim.owner());
      if (concerns(host.text(), asked)) add_skipped(holding, skipped_for_namespace(host, holding));
    }
  });
}

/// All but what was skipped. Returns the first claimant of the owner that gives the answer.
const Claim* Catalog::State::explain_answer(const Name& asked, uint16_t type, Explanation& result) {
  name.assign(asked, directory.key());
  const Zone* zone = directory.find(name);
  if (zone == nullptr) return add_note(result, "the name is in none of the configured zones"), nullptr;
  result.zone = zone->apex().text();
  const OwnerTree* tree = zone->tree();
  if (tree == nullptr) {
    result.outcome = Explanation::Outcome::kNotReady;
    return add_note(result, "the zone's file has not been read yet: see /ready"), nullptr;
  }
  const OwnerTree::Lookup found = tree->lookup(name);
  result.closest_encloser = name_of(name.wire(found.encloser)).text();
  conclude(asked, type, found, zone->complete(), result);
  const bool exists = found.match == OwnerTree::Match::kExact;
  if (found.node == nullptr || (exists && result.records.empty())) {
    note_blocked_wildcard(*zone, name, found.encloser, result);
  }
  const Name owner = found.node == nullptr ? asked : name_of(found.node->name());
  const bool by_file = zone->file_decides(owner);
  if (by_file) add_note(result, "the zone's file decides about " + owner.text());
  if (found.node == nullptr) return nullptr;

  result.owner = owner.text();
  const Claim* winner = claims.winner(owner.wire(), found.node->hash());
  result.claimants = claimants_of(winner);
  for (Explanation::Claimant& claimant : result.claimants) {
    if (by_file) claimant.wins = false, claimant.why = "the zone's file decides about " + owner.text();
  }
  if (found.node->is_empty_nonterminal()) add_note(result, "the name exists only because names below it do");
  if (by_file) return winner;
  if (zone->is_reserved(asked)) {
    add_note(result, "the name is the configuration's: the zone's apex or a name server");
  } else if (winner == nullptr && !result.records.empty()) {
    const bool in_file = zone->file_records() != nullptr && zone->file_records()->owners.contains(owner);
    add_note(result, in_file ? "the zone's file has it" : "it follows from the object of the host in it: explain that");
  }
  return winner;
}

Explanation Catalog::explain(const Name& asked, uint16_t type) const {
  Explanation result;
  const Claim* winner = state_->explain_answer(asked, type, result);
  state_->note_skipped(asked, winner, result);
  return result;
}

}  // namespace meshdns
