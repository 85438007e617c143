#pragma once

// Records in presentation form (RFC 1035 §5.1), for people and files. Not for the query path.

#include <cstdint>
#include <span>
#include <string>

#include "zone/name.h"

namespace meshdns {

/// `record` is in answer form (owner_node.h); its owner is written as `owner`.
std::string record_text(const Name& owner, std::span<const uint8_t> record);

}  // namespace meshdns
