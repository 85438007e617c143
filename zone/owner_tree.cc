#include "zone/owner_tree.h"

#include <algorithm>
#include <array>

namespace meshdns {
namespace {

std::string key_of(std::span<const uint8_t> wire) { return {wire.begin(), wire.end()}; }

}  // namespace

OwnerTree::OwnerTree(OwnerPtr apex, const HashKey& key, Epochs& epochs)
    : key_(key), owners_(epochs), apex_(apex.get()) {
  QueryName name;
  name.parse(apex->name(), key);
  apex_labels_ = name.labels();
  count(*apex, 1);
  owners_.insert(std::move(apex));
}

// Reading ------------------------------------------------------------------------------------------------------------

OwnerTree::Lookup OwnerTree::lookup_from_apex(const QueryName& name) const {
  for (;;) {
    const uint64_t before = owners_.changes();
    const Lookup found = walk(name);
    if (owners_.changes() == before) return found;
  }
}

OwnerTree::Lookup OwnerTree::walk(const QueryName& name) const {
  // Down from the apex: a flood of deep random names costs one find more than the zone is deep, not one a label.
  const OwnerNode* node = &apex();
  size_t encloser = apex_suffix(name);
  while (encloser > 0) {
    if (node->is(OwnerNode::kDname)) return {Match::kDname, node, encloser};
    const OwnerNode* below = owners_.find(name.hash(encloser - 1), name.wire(encloser - 1));
    if (below == nullptr) {
      const OwnerNode* wildcard = find_wildcard(name, encloser);
      return {wildcard == nullptr ? Match::kNone : Match::kWildcard, wildcard, encloser};
    }
    node = below;
    --encloser;
    if (node->is(OwnerNode::kCut)) return {Match::kDelegation, node, encloser};
  }
  return {Match::kExact, node, 0};
}

const OwnerNode* OwnerTree::find_wildcard(const QueryName& name, size_t encloser) const {
  const std::span<const uint8_t> above = name.wire(encloser);
  // The name has a label before the encloser, of two octets at least: the wildcard's name is no longer than it.
  std::array<uint8_t, Name::kMaxLength + 8> wire{1, '*'};
  std::copy(above.begin(), above.end(), wire.begin() + 2);
  return owners_.find(child_hash(key_, name.hash(encloser), wire.data()), {wire.data(), above.size() + 2});
}

// Writing ------------------------------------------------------------------------------------------------------------
//
// A change of several stores keeps to an order in which every state between them gives each query the answer of before
// or of after: ancestors appear from the leaf upwards, as walk() stops at the first that is missing, and disappear from
// the top.

void OwnerTree::put(const QueryName& name, OwnerPtr node) {
  count(*node, 1);
  if (const OwnerNode* old = find(name)) {
    count(*old, -1);
    owners_.replace(std::move(node));
    return;
  }
  owners_.insert(std::move(node));
  link_ancestors(name);
}

void OwnerTree::link_ancestors(const QueryName& name) {
  for (size_t suffix = 1; suffix <= apex_suffix(name); ++suffix) {
    ++children_[key_of(name.wire(suffix))];
    if (owners_.find(name.hash(suffix), name.wire(suffix)) != nullptr) return;
    owners_.insert(make_empty_nonterminal(name, suffix));
  }
}

void OwnerTree::remove(const QueryName& name) {
  const OwnerNode* old = find(name);
  if (old == nullptr || old->is_empty_nonterminal()) return;
  count(*old, -1);
  if (children_.contains(key_of(name.wire()))) {
    owners_.replace(make_empty_nonterminal(name, 0));
  } else {
    unlink_ancestors(name);
  }
}

void OwnerTree::unlink_ancestors(const QueryName& name) {
  size_t top = 0;  // the last suffix that goes: an empty non-terminal with no child left
  for (size_t suffix = 1; suffix <= apex_suffix(name); ++suffix) {
    const auto children = children_.find(key_of(name.wire(suffix)));
    if (--children->second > 0) break;
    children_.erase(children);
    if (!owners_.find(name.hash(suffix), name.wire(suffix))->is_empty_nonterminal()) break;
    top = suffix;
  }
  for (size_t suffix = top + 1; suffix-- > 0;) owners_.erase(name.hash(suffix), name.wire(suffix));
}

OwnerPtr OwnerTree::make_empty_nonterminal(const QueryName& name, size_t suffix) const {
  OwnerBuilder builder;
  builder.begin(name.wire(suffix), name.hash(suffix));
  builder.mark(OwnerNode::kEmpty);
  return builder.finish();
}

void OwnerTree::replace_apex(OwnerPtr apex) {
  count(*apex, 1);
  count(*apex_.load(std::memory_order_relaxed), -1);
  apex_.store(apex.get(), std::memory_order_release);
  owners_.replace(std::move(apex));
}

void OwnerTree::count(const OwnerNode& node, int64_t sign) {
  if (node.is_empty_nonterminal()) return;
  int64_t records = 0;
  for (const Rrset& rrset : node.rrsets()) records += rrset.count;
  names_ += static_cast<uint64_t>(sign);
  records_ += static_cast<uint64_t>(sign * records);
}

}  // namespace meshdns
