#include "k8s/stub/corefile_stream.h"

#include <algorithm>

namespace meshdns {
namespace {

constexpr size_t kMostExpansions = kMostCorefileTokens;  // words that imports bring: a snippet may import itself

bool is_line_start(const CorefileToken& before, const CorefileToken& token) { return before.last_line() < token.line; }

}  // namespace

TokenStream::TokenStream(std::vector<CorefileToken> tokens) : tokens_(std::move(tokens)) {
  for (size_t index = tokens_.size(); index-- > 0;) pending_.push_back({index, false});
}

bool TokenStream::next() {
  if (pending_.empty()) return false;
  read_.push_back(pending_.back());
  pending_.pop_back();
  return true;
}

void TokenStream::back() {
  if (read_.empty()) return;
  pending_.push_back(read_.back());
  read_.pop_back();
}

const CorefileToken& TokenStream::current() const {
  static const CorefileToken none;
  return read_.empty() ? none : tokens_[read_.back().index];
}

bool TokenStream::is_new_line() const {
  return read_.size() < 2 || is_line_start(tokens_[read_[read_.size() - 2].index], current());
}

size_t TokenStream::end_before() const {
  const size_t index = read_.empty() ? 0 : read_.back().index;
  return index == 0 ? 0 : tokens_[index - 1].end;
}

std::optional<Error> TokenStream::define_snippet(const std::string& name) {
  const int line = current().line;
  std::vector<size_t> body;
  for (size_t depth = 1; next();) {
    if (is("}") && --depth == 0) {
      for (size_t at = 0; at + 1 < body.size(); ++at) {
        const bool first = at == 0 || is_line_start(tokens_[body[at - 1]], tokens_[body[at]]);
        if (first && tokens_[body[at]].text == "import" && tokens_[body[at + 1]].text == name)
          return corefile_error(tokens_[body[at]].line, "an import of the snippet (" + name + ") in itself", "none");
      }
      snippets_[name] = std::move(body);
      return std::nullopt;
    }
    if (is("{")) ++depth;
    body.push_back(read_.back().index);
  }
  return corefile_error(line, "the snippet (" + name + ") without an end", "a closing brace '}'");
}

bool TokenStream::next_on_line() {
  if (pending_.empty() || current().last_line() != tokens_[pending_.back().index].line) return false;
  return next();
}

std::optional<std::string> TokenStream::wrong_import(const std::string& pattern) const {
  if (pattern.empty() || pattern == "{") return "the name of a snippet or of files after import";
  if (std::ranges::count(pattern, '*') > 1 || std::ranges::count(pattern, '?') > 1 ||
      pattern.find('[') != std::string::npos)
    return "a pattern with one wildcard at most, * or ?";
  return std::nullopt;
}

Result<std::optional<std::string>> TokenStream::import() {
  const int line = current().line;
  if (!next_on_line()) return corefile_error(line, "import alone", "the name of a snippet or of files after it");
  const CorefileToken pattern = current();
  if (next_on_line()) return corefile_error(line, "'" + current().text + "'", "one argument of import");
  read_.resize(read_.size() - 2);
  const auto snippet = snippets_.find(pattern.text);
  if (snippet == snippets_.end() || pattern.has_environment()) {
    if (const auto expected = wrong_import(pattern.text))
      return corefile_error(line, "import '" + pattern.text + "'", *expected);
    return std::optional(pattern.text);
  }
  if ((expanded_ += snippet->second.size() + 1) > kMostExpansions)
    return corefile_error(line, "snippets that bring too many words",
                          "at most " + std::to_string(kMostExpansions) + ", and none that import each other");
  for (size_t at = snippet->second.size(); at-- > 0;) pending_.push_back({snippet->second[at], true});
  return std::optional<std::string>();
}

}  // namespace meshdns
