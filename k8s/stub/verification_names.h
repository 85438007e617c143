#pragma once

// What the API tells of names that a verification asks for. Pure functions of its JSON.

#include <optional>
#include <string_view>
#include <vector>

#include "zone/address.h"
#include "zone/name.h"

namespace meshdns {

/// Hosts in the zone of a ServiceEntryList, the first few, none of them a wildcard; those of entries with addresses come first.
std::vector<Name> service_entry_names(std::string_view list, const Name& zone);

/// A Service's ClusterIP; nothing where it has none.
std::optional<IpAddress> cluster_ip(std::string_view service);

}  // namespace meshdns
