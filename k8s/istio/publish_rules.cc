#include "k8s/istio/publish_rules.h"

namespace meshdns {

Answer PublishRules::answer_for(const Name& host) const {
  if (zones.empty()) return Answer::kAddresses;
  for (Name apex = host;; apex = apex.parent()) {
    if (const auto zone = zones.find(apex); zone != zones.end()) return zone->second;
    if (apex.is_root()) return Answer::kAddresses;
  }
}

}  // namespace meshdns
