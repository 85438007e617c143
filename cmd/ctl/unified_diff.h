#pragma once

// What changes in a text, as `diff -u` shows it.

#include <string>

namespace meshdns {

/// Empty where the texts are equal. `name` heads it. Control characters other than tabs are escaped.
std::string unified_diff(const std::string& name, const std::string& before, const std::string& after);

}  // namespace meshdns
