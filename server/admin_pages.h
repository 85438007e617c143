#pragma once

// What the admin endpoints show to people and programs: texts made from the view. Threads: any; atomics only.

#include <string>
#include <string_view>

#include "zone/explanation.h"

namespace meshdns {

struct AdminView;

/// A line for each required source that is not known; empty: ready.
std::string missing_sources(const AdminView& view);

/// A line for each source of which a snapshot is served.
std::string stale_sources(const AdminView& view);

/// HTML, self-contained: zones, sources, and where to look further.
std::string status_page(const AdminView& view, bool shutting_down);

/// JSON, one object. `name` and `type` are what was asked for, in presentation form.
std::string explanation_json(std::string_view name, std::string_view type, const Explanation& explanation);

}  // namespace meshdns
