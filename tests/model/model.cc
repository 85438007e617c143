#include "tests/model/model.h"

#include <algorithm>
#include <optional>
#include <set>

namespace meshdns::model {
namespace {

const Node* find(const Tree& zone, const Name& name) {
  const auto found = zone.nodes.find(name);
  return found == zone.nodes.end() ? nullptr : &found->second;
}

bool has(const Node& node, uint16_t type) { return node.count(type) != 0; }

/// RFC 1034 §4.2: a node with NS below the apex is a zone cut.
bool is_cut(const Tree& zone, const Name& name, const Node& node) { return name != zone.apex && has(node, type::kNs); }

/// Whether the zone's data at the name are authoritative: at or below a cut they are glue (RFC 1034 §4.2.1), below a DNAME
/// nothing exists (RFC 6672 §2.4).
bool is_occluded(const Tree& zone, const Name& name) {
  for (size_t labels = zone.apex.size(); labels <= name.size(); ++labels) {
    const Name at = suffix(name, labels);
    const Node* node = find(zone, at);
    if (node == nullptr) return false;
    if (is_cut(zone, at, *node)) return true;
    if (at != name && has(*node, type::kDname)) return true;
  }
  return false;
}

/// How the matching of RFC 1034 §4.3.2 step 3 ends.
struct Match {
  enum class End { kNode, kCut, kDname, kNothing };
  End end;
  Name at;                     // the node's name; with kNothing the closest encloser's
  const Node* node = nullptr;  // none with kNothing
};

/// RFC 1034 §4.3.2 step 3: "start matching down, label by label, in the zone", as RFC 6672 §3.2 words it anew.
Match match_down(const Tree& zone, const Name& name, uint16_t qtype) {
  for (size_t labels = zone.apex.size();; ++labels) {
    Name at = suffix(name, labels);
    const Node* node = find(zone, at);
    // Step 3.c: "if at some label, a match is impossible".
    if (node == nullptr) return {Match::End::kNothing, parent(at), nullptr};
    const bool whole = at == name;
    // Step 3.b: "a match would take us out of the authoritative data". The parent is authoritative for DS at the cut itself
    // (RFC 4035 §3.1.4.1).
    const bool parent_side = whole && qtype == type::kDs;
    if (is_cut(zone, at, *node) && !parent_side) return {Match::End::kCut, at, node};
    // Step 3.a: "the whole of QNAME is matched".
    if (whole) return {Match::End::kNode, at, node};
    // RFC 6672 §2.4: below a DNAME nothing exists, whatever the file says.
    if (has(*node, type::kDname)) return {Match::End::kDname, at, node};
  }
}

/// One query's way through the zones.
class Resolution {
 public:
  /// `choice`: which RRset ANY gets.
  Resolution(const std::vector<Tree>& zones, const Query& query, size_t choice)
      : zones_(zones), name_(query.name), qtype_(query.type), choice_(choice) {}

  Answer run() {
    while (step()) first_ = false;
    return answer_;
  }

  size_t choices() const { return choices_; }

 private:
  /// From step 2 to where "go back to step 1" may stand: true then.
  bool step() {
    const Tree* zone = nearest_zone();
    if (zone == nullptr) {
      if (first_) answer_.rcode = rcode::kRefused;
      return false;
    }
    const Match match = match_down(*zone, name_, qtype_);
    if (first_)
      answer_.authoritative = match.end != Match::End::kCut;  // RFC 2181 §5.4.1, RFC 1035 §4.1.1: the first owner's
    switch (match.end) {
      case Match::End::kNode:
        return use_node(*zone, *match.node);
      case Match::End::kCut:
        return refer(*zone, *match.node);
      case Match::End::kDname:
        return substitute(match);
      case Match::End::kNothing:
        break;
    }
    // RFC 4592 §3.3.1: the source of synthesis is the asterisk label right below the closest encloser.
    if (const Node* wildcard = find(*zone, child("*", match.at))) return use_node(*zone, *wildcard);
    answer_.rcode = rcode::kNxDomain;  // RFC 2308 §2.1: of the last name, after CNAMEs too
    return deny(*zone);
  }

  /// RFC 1034 §4.3.2 step 2: "the zone which is the nearest ancestor to QNAME". DS is asked of the parent's side of the cut, where
  /// the server has it (RFC 4035 §3.1.4.1).
  const Tree* nearest_zone() const {
    const Tree* nearest = enclosing_zone(name_);
    if (nearest == nullptr || qtype_ != type::kDs || nearest->apex != name_ || name_.empty()) return nearest;
    const Tree* above = enclosing_zone(parent(name_));
    return above == nullptr ? nearest : above;
  }

  const Tree* enclosing_zone(const Name& name) const {
    const Tree* nearest = nullptr;
    for (const Tree& zone : zones_) {
      if (is_within(name, zone.apex) && (nearest == nullptr || zone.apex.size() > nearest->apex.size()))
        nearest = &zone;
    }
    return nearest;
  }

  /// Step 3.a, and step 3.c at a wildcard: RFC 4592 §2.2.1, §3.3.4: as if the node were at QNAME.
  bool use_node(const Tree& zone, const Node& node) {
    if (node.empty()) return deny(zone);  // RFC 4592 §2.2.2: an empty non-terminal exists
    if (qtype_ == type::kAny) {           // RFC 8482 §4.1: one RRset
      choices_ = node.size();
      return give(zone, std::next(node.begin(), static_cast<ptrdiff_t>(choice_))->second);
    }
    if (has(node, qtype_)) return give(zone, node.at(qtype_));
    // "If the data at the node is a CNAME, and QTYPE doesn't match CNAME …"
    if (has(node, type::kCname)) return follow(node.at(type::kCname).front());
    return deny(zone);
  }

  /// "Copy all RRs which match QTYPE into the answer section and go to step 6."
  bool give(const Tree& zone, const Rrset& rrset) {
    for (Record record : rrset) {
      record.owner = name_;  // RFC 4592 §3.3.4: synthesized at QNAME
      add(answer_.answer, record);
    }
    add_addresses(zone, rrset);
    return false;
  }

  /// Step 6: RFC 1035 §3.3.9, §3.3.11, RFC 2782, RFC 9460 §4.1: the addresses of what the answer refers to.
  void add_addresses(const Tree& zone, const Rrset& rrset) {
    for (const Record& record : rrset) {
      if (record.type == type::kCname || record.type == type::kDname) continue;
      const std::optional<Name> target = target_of(record);
      const bool service = record.type == type::kSvcb || record.type == type::kHttps;
      if (!target || (service && target->empty())) continue;  // RFC 9460 §2.5: "." is the owner itself
      if (is_within(*target, zone.apex) && !is_occluded(zone, *target)) add_addresses_at(zone, *target);
    }
  }

  void add_addresses_at(const Tree& zone, const Name& name) {
    const Node* node = find(zone, name);
    if (node == nullptr) return;
    for (const uint16_t address : {type::kA, type::kAaaa}) {
      if (!has(*node, address)) continue;
      for (const Record& record : node->at(address)) {
        if (std::count(answer_.answer.begin(), answer_.answer.end(), record) == 0) add(answer_.additional, record);
      }
    }
  }

  /// Step 3.b: "copy the NS RRs for the subzone into the authority section", and all glue (RFC 9471 §2.1, §2.2): what the zone
  /// has of the servers' addresses, authoritative or not.
  bool refer(const Tree& zone, const Node& cut) {
    answer_.authority = cut.at(type::kNs);
    for (const Record& record : answer_.authority) add_addresses_at(zone, *target_of(record));
    return false;
  }

  /// RFC 6672 §3.2 step 3.c: the DNAME, and the CNAME that it means for QNAME (§3.1: with its TTL).
  bool substitute(const Match& match) {
    const Record& dname = match.node->at(type::kDname).front();
    add(answer_.answer, dname);
    const Name target = replace_suffix(name_, match.at, *target_of(dname));
    if (wire_length(target) > kMostOctets) {
      answer_.rcode = rcode::kYxDomain;  // §2.2, §3.2
      return false;
    }
    const bool followed = follow({name_, type::kCname, dname.ttl, wire(target)});
    // The synthesized CNAME is what they ask for.
    return followed && qtype_ != type::kCname && qtype_ != type::kAny;
  }

  /// "Copy the CNAME RR into the answer section, change QNAME to the canonical name, and go back to step 1." RFC 1034 §3.6.2:
  /// loops are to be survived.
  bool follow(Record cname) {
    cname.owner = name_;
    add(answer_.answer, cname);
    chain_.insert(name_);
    name_ = *target_of(cname);
    return chain_.size() < kMostAliases && chain_.count(name_) == 0;
  }

  /// RFC 2308 §2, §3, §5: the SOA, with the time for which absence may be believed.
  bool deny(const Tree& zone) {
    Record soa = zone.nodes.at(zone.apex).at(type::kSoa).front();
    uint32_t minimum = 0;
    for (size_t at = soa.rdata.size() - 4; at < soa.rdata.size(); ++at)
      minimum = minimum << 8 | static_cast<uint8_t>(soa.rdata[at]);
    soa.ttl = std::min(soa.ttl, minimum);
    answer_.authority = {soa};
    return false;
  }

  /// RFC 2181 §5: no record twice.
  static void add(std::vector<Record>& section, const Record& record) {
    if (std::count(section.begin(), section.end(), record) == 0) section.push_back(record);
  }

  const std::vector<Tree>& zones_;
  Name name_;  // SNAME
  const uint16_t qtype_;
  const size_t choice_;
  size_t choices_ = 1;
  bool first_ = true;     // name_ is still the one asked for
  std::set<Name> chain_;  // the owners of the CNAMEs so far
  Answer answer_;
};

}  // namespace

Model::Model(const std::vector<Zone>& zones) {
  for (const Zone& zone : zones) {
    Tree& tree = zones_.emplace_back(Tree{zone.apex, {}});
    for (const Record& record : zone.records) {
      tree.nodes[record.owner][record.type].push_back(folded(record));
      // RFC 4592 §2.2.2, RFC 8020 §2: what is above a name exists.
      for (Name name = record.owner; name.size() > zone.apex.size(); name = parent(name)) tree.nodes[parent(name)];
    }
  }
}

std::vector<Answer> Model::answers(const Query& query) const {
  std::vector<Answer> right;
  for (size_t choice = 0, choices = 1; choice < choices; ++choice) {
    Resolution resolution(zones_, query, choice);
    right.push_back(resolution.run());
    choices = resolution.choices();
  }
  return right;
}

}  // namespace meshdns::model
