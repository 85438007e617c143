#pragma once

// The metrics in Prometheus's text format, put together when they are asked for: nothing is registered, and nothing but counting
// happens on the query path. What they count is said in their HELP lines and in counters.h.
//
// Threads: any. Reads atomics only and waits for nobody.

#include <string>

namespace meshdns {

struct AdminView;

std::string metrics_text(const AdminView& view);

}  // namespace meshdns
