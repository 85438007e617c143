#pragma once

// What the operator decides about publishing ServiceEntries: the configuration's publish, as far as it is about one entry, and what
// it says about zones and sources. Plain data.

#include <cstdint>
#include <map>
#include <optional>

#include "zone/address.h"
#include "zone/name.h"
#include "zone/publication.h"

namespace meshdns {

struct PublishRules {
  enum class Visibility : uint8_t {
    kPublic,  // what is exported to everybody: exportTo is empty or has "*"
    kAll,
  };
  enum class WithoutAddress : uint8_t { kSkip, kDefault, kEndpoints };

  Visibility visibility = Visibility::kPublic;
  WithoutAddress without_address = WithoutAddress::kSkip;
  std::optional<IpAddress> default_address{};  // there is one where without_address is kDefault

  /// Whether status.addresses count. istiod allocates them in each cluster from the same range, so that they mean something in its
  /// own cluster alone: the local source's.
  bool allocated_addresses = true;

  /// By the apexes of all zones, what they answer. Empty: none answers endpoints.
  std::map<Name, Answer> zones{};

  /// What the deepest zone that holds the host answers.
  Answer answer_for(const Name& host) const;

  bool operator==(const PublishRules&) const = default;
};

}  // namespace meshdns
