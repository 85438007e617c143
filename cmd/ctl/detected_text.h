#pragma once

// What `meshdnsctl stub detect` found, as people and as programs read it.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "k8s/stub/flavour.h"
#include "zone/name.h"

namespace meshdns {

std::string detected_text(const DetectedDns& dns, const Name& zone);

/// `remedy`: of a refusal.
nlohmann::ordered_json detected_json(const DetectedDns& dns, const Name& zone, const std::string& remedy);

}  // namespace meshdns
