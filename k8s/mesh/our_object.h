#pragma once

// Which objects meshdnsctl has made: the label that they have, and whether one has it.

#include <nlohmann/json_fwd.hpp>

namespace meshdns {

inline constexpr const char* kManagedBy = "app.kubernetes.io/managed-by";
inline constexpr const char* kUs = "meshdnsctl";

bool is_ours(const nlohmann::ordered_json& object);

}  // namespace meshdns
