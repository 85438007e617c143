#include "k8s/stub/corefile_text.h"

#include <algorithm>

namespace meshdns {

TextSpan whole_lines(std::string_view text, TextSpan span) {
  size_t begin = span.begin;
  while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t')) --begin;
  const size_t behind = text.find_first_not_of(" \t\r", span.end);
  const bool first = begin == 0 || text[begin - 1] == '\n';
  const bool last = behind == std::string_view::npos || text[behind] == '\n' || text[behind] == '#';
  if (!first || !last) return span;
  const size_t line_break = text.find('\n', span.end);
  return {begin, line_break == std::string_view::npos ? text.size() : line_break + 1};
}

std::string with_changes(std::string_view text, std::vector<TextChange> changes) {
  std::ranges::sort(changes, {}, [](const TextChange& change) { return change.span.begin; });
  std::string result;
  size_t at = 0;
  for (const TextChange& change : changes) {
    if (change.span.begin < at) continue;
    result += text.substr(at, change.span.begin - at);
    result += change.replacement;
    at = change.span.end;
    const bool apart = at == text.size() || std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos;
    if (!change.replacement.empty() && !apart) result += ' ';
  }
  return result += text.substr(at);
}

}  // namespace meshdns
