#include "cmd/ctl/labelled_lines.h"

#include <algorithm>

#include "cmd/text_value.h"

namespace meshdns {
namespace {

constexpr size_t kColumn = 12;

}  // namespace

void LabelledLines::add(std::string_view label, const std::string& text) {
  if (text.empty()) return;
  std::string head = label == label_ ? "" : std::string(label) + ":";
  label_ = label;
  head.resize(kColumn, ' ');
  std::string line = text;
  std::ranges::replace(line, '\t', ' ');
  text_ += head + escape_controls(line) + "\n";
}

}  // namespace meshdns
