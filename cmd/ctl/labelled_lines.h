#pragma once

// Text in two columns, as commands print what they found: labels in the first, texts in the second.

#include <string>
#include <string_view>

namespace meshdns {

/// A label that repeats stands there once. A text takes one line, whatever it holds; an empty one takes none.
class LabelledLines {
 public:
  void add(std::string_view label, const std::string& text);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string label_;
};

}  // namespace meshdns
