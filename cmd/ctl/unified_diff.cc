#include "cmd/ctl/unified_diff.h"

#include <dtl/dtl.hpp>
#include <sstream>
#include <vector>

#include "cmd/text_value.h"

namespace meshdns {
namespace {

/// Fit for a terminal: what a ConfigMap holds may have been written by anybody.
std::string shown(const std::string& line) {
  std::string result;
  for (size_t at = 0;;) {
    const size_t tab = line.find('\t', at);
    result += escape_controls(line.substr(at, tab - at));
    if (tab == std::string::npos) return result;
    result += '\t';
    at = tab + 1;
  }
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    if (end == std::string::npos) {
      lines.push_back(shown(text.substr(at)) + "\n\\ No newline at end of file");
      break;
    }
    lines.push_back(shown(text.substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

}  // namespace

std::string unified_diff(const std::string& name, const std::string& before, const std::string& after) {
  if (before == after) return "";
  dtl::Diff<std::string> diff(lines_of(before), lines_of(after));
  diff.onHuge();
  diff.compose();
  diff.composeUnifiedHunks();
  std::ostringstream hunks;
  diff.printUnifiedFormat(hunks);
  std::string text = hunks.str();
  // Where there are no lines, diff counts from 0.
  if (before.empty()) text.replace(text.find("-1,0"), 4, "-0,0");
  if (after.empty()) text.replace(text.find("+1,0"), 4, "+0,0");
  return "--- " + name + " (now)\n+++ " + name + " (then)\n" + text;
}

}  // namespace meshdns
