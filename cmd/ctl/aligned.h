#pragma once

// Rows in columns, as kubectl prints them.

#include <string>
#include <vector>

namespace meshdns {

using Row = std::vector<std::string>;

/// Each row takes one line, whatever its texts hold; all have as many as the first.
std::string aligned(const std::vector<Row>& rows);

}  // namespace meshdns
