#include "server/zone_copy.h"

#include "zone/zone.h"

namespace meshdns {

ZoneCopy::ZoneCopy(const Zone& zone, Epochs& epochs) : zone_(zone), serial_(zone.serial()), reader_(epochs) {
  reader_.enter();
  const OwnerTree* const tree = zone.tree();
  if (tree == nullptr) return;  // its file has not been read
  const OwnerIndex& owners = tree->owners();
  const OwnerNode* const apex = &tree->apex();
  owners_ = std::make_unique_for_overwrite<const OwnerNode*[]>(owners.size() + 1);
  owners_[0] = apex;
  count_ = 1 + owners.copy(&owners_[1], apex);
}

ZoneCopy::~ZoneCopy() { reader_.leave(); }

const Name& ZoneCopy::apex() const { return zone_.apex(); }

}  // namespace meshdns
