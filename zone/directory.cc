#include "zone/directory.h"

#include <algorithm>
#include <bit>
#include <map>

namespace meshdns {

Directory::Directory(std::vector<ZoneOptions> zones, int64_t now) : key_(HashKey::random()) {
  table_.resize(std::bit_ceil(zones.size() * 2 + 1), {0, nullptr});
  for (ZoneOptions& options : zones) {
    const auto index = static_cast<uint16_t>(zones_.size());
    zones_.push_back(std::make_unique<Zone>(std::move(options), index, static_cast<uint32_t>(now), key_, epochs_));
    Zone& zone = *zones_.back();
    most_labels_ = std::max(most_labels_, zone.apex().labels());
    QueryName apex;
    apex.assign(zone.apex(), key_);
    size_t slot = apex.hash(0) & (table_.size() - 1);
    while (table_[slot].zone != nullptr) slot = (slot + 1) & (table_.size() - 1);
    table_[slot] = {apex.hash(0), &zone};
  }
  introduce_children();
  for (const auto& zone : zones_) {
    if (zone->options().file.empty()) zone->install(zone->make_tree());
  }
}

void Directory::introduce_children() {
  std::map<Zone*, std::vector<Name>> children;
  QueryName apex;
  for (const auto& zone : zones_) {
    if (zone->apex().is_root()) continue;
    apex.assign(zone->apex(), key_);
    if (Zone* parent = find(apex, 1)) children[parent].push_back(zone->apex());
  }
  for (auto& [parent, apexes] : children) parent->set_children(std::move(apexes));
}

Zone* Directory::find(const QueryName& name, size_t first) const {
  const size_t labels = name.labels();
  for (size_t suffix = std::max(first, labels - std::min(labels, most_labels_)); suffix <= labels; ++suffix) {
    const uint64_t hash = name.hash(suffix);
    for (size_t slot = hash & (table_.size() - 1); table_[slot].zone != nullptr;
         slot = (slot + 1) & (table_.size() - 1)) {
      if (table_[slot].hash != hash) continue;
      const auto apex = table_[slot].zone->apex().wire();
      const auto wire = name.wire(suffix);
      if (std::equal(apex.begin(), apex.end(), wire.begin(), wire.end())) return table_[slot].zone;
    }
  }
  return nullptr;
}

}  // namespace meshdns
