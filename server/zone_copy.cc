#include "server/zone_copy.h"

#include "zone/zone.h"

namespace meshdns {

ZoneCopy::ZoneCopy(const Zone& zone, Epochs& epochs) : zone_(zone), serial_(zone.serial()), reader_(epochs) {
  reader_.enter();
  const OwnerTree* const tree = zone.tree();
  if (tree == nullptr) return;  // its file has not been read
  const OwnerNode* const apex = &tree->apex();
  owners_.reserve(zone.names() + zone.names() / 8 + 1);  // an eighth: empty non-terminals
  owners_.push_back(apex);
  tree->for_each_owner([&](const OwnerNode& node) {
    if (&node != apex) owners_.push_back(&node);  // a look into the node would cost a cache miss
  });
}

ZoneCopy::~ZoneCopy() { reader_.leave(); }

const Name& ZoneCopy::apex() const { return zone_.apex(); }

}  // namespace meshdns
