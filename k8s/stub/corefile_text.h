#pragma once

// Changes of a text at its octets. Internal to the Corefile's edits.

#include <string>
#include <string_view>
#include <vector>

namespace meshdns {

struct TextSpan {
  size_t begin;
  size_t end;
};

struct TextChange {
  TextSpan span;
  std::string replacement;
};

/// The span, or all of its lines with the last one's line break where nothing but white space and a comment stands beside it.
TextSpan whole_lines(std::string_view text, TextSpan span);

/// All of them, which are apart from each other; one that is there twice is made once. A word that is put in stays one: behind a quote
/// that ended the word before, there may have been no white space.
std::string with_changes(std::string_view text, std::vector<TextChange> changes);

}  // namespace meshdns
