#include "server/zone_copy.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "zone/zone.h"

namespace meshdns {

std::shared_ptr<const ZoneCopy> ZoneCopy::make(const Zone& zone, Epochs& epochs, const OnWriter& on_writer) {
  const auto copy = std::make_shared<ZoneCopy>(zone, epochs);
  if (!on_writer([copy] { copy->begin(); })) return nullptr;
  copy->walk();
  if (!on_writer([copy] { copy->end(); })) return nullptr;
  copy->undo_changes();
  return copy;
}

const Name& ZoneCopy::apex() const { return zone_.apex(); }

void ZoneCopy::begin() {
  reader_.enter();
  serial_ = zone_.serial();
  tree_ = zone_.tree();
  if (tree_ == nullptr) return;  // its file has not been read
  owners_.push_back(&tree_->apex());
  owners_.reserve(tree_->owners().size() + tree_->owners().size() / 64);  // some come while we walk
  recording_ = std::make_shared<OwnerChanges>();
  tree_->owners().record(recording_);
}

void ZoneCopy::walk() {
  if (tree_ == nullptr) return;
  tree_->for_each_owner([this](const OwnerNode& owner) {
    if (&owner != owners_.front()) owners_.push_back(&owner);
  });
}

void ZoneCopy::end() {
  if (!recording_) return;
  recorded_ = std::move(*recording_);
  recording_.reset();  // nobody holds it: the writer forgets it
}

/// What came or went was seen or not: out with all of it, and back with what was there at the moment.
void ZoneCopy::undo_changes() {
  if (owners_.empty()) return;
  const std::unordered_set<const OwnerNode*> come(recorded_.come.begin(), recorded_.come.end());
  std::unordered_set<const OwnerNode*> changed(come);
  changed.insert(recorded_.gone.begin(), recorded_.gone.end());
  changed.erase(owners_.front());  // the apex, which walk() has passed over where it was still there
  std::erase_if(owners_, [&](const OwnerNode* owner) { return changed.contains(owner); });
  std::ranges::copy_if(changed, std::back_inserter(owners_),
                       [&](const OwnerNode* owner) { return !come.contains(owner); });
  recorded_ = {};
}

}  // namespace meshdns
