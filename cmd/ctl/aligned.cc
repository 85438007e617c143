#include "cmd/ctl/aligned.h"

#include <algorithm>

#include "cmd/text_value.h"

namespace meshdns {

std::string aligned(const std::vector<Row>& rows) {
  std::vector<size_t> widths(rows.empty() ? 0 : rows.front().size());
  for (const Row& row : rows) {
    for (size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], escape_controls(row[i]).size());
  }
  std::string text;
  for (const Row& row : rows) {
    for (size_t i = 0; i < widths.size(); ++i) {
      const std::string cell = escape_controls(row[i]);
      text += cell;
      if (i + 1 < widths.size()) text.append(widths[i] - cell.size() + 2, ' ');
    }
    text += "\n";
  }
  return text;
}

}  // namespace meshdns
