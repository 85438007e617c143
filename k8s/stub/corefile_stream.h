#pragma once

// The words of a Corefile in the order in which CoreDNS's parser comes to them: `import NAME` gives way to the snippet's words. An
// imported word keeps its line, and so may seem to stand on the line of the word before it; CoreDNS sees it so, too.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/stub/corefile_tokens.h"

namespace meshdns {

class TokenStream {
 public:
  explicit TokenStream(std::vector<CorefileToken> tokens);

  bool next();  // false: there is no further word, and the current one stays
  void back();

  bool at_word() const { return !read_.empty(); }
  const CorefileToken& current() const;  // an empty one before the first
  bool is(std::string_view text) const { return current().text == text; }
  bool imported() const { return at_word() && read_.back().imported; }
  bool is_new_line() const;  // whether the word before stands on an earlier line

  /// In the Corefile's text, where the word before ends.
  size_t end_before() const;

  bool has_snippet(const std::string& name) const { return snippets_.contains(name); }

  /// Reads the current word's block, "{" is next to be read; the current word is then "}". The error says what is wrong.
  std::optional<Error> define_snippet(const std::string& name);

  /// The current word is `import`; the next one read is what it brings, else what stands behind. The pattern where it is no snippet's
  /// name, nothing where it is.
  Result<std::optional<std::string>> import();

 private:
  struct Word {
    size_t index;  // of tokens_
    bool imported;
  };

  std::optional<std::string> wrong_import(const std::string& pattern) const;
  bool next_on_line();

  std::vector<CorefileToken> tokens_;
  std::vector<Word> read_;     // up to the current word
  std::vector<Word> pending_;  // the next one is the last
  std::map<std::string, std::vector<size_t>> snippets_;
  size_t expanded_ = 0;  // words
};

}  // namespace meshdns
