#include "k8s/mesh/our_object.h"

#include <nlohmann/json.hpp>

namespace meshdns {

bool is_ours(const nlohmann::ordered_json& object) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return false;
  const auto labels = metadata->find("labels");
  return labels != metadata->end() && labels->is_object() && labels->contains(kManagedBy) &&
         (*labels)[kManagedBy] == kUs;
}

}  // namespace meshdns
