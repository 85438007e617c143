#include "k8s/mesh/yaml_extents.h"

#include <algorithm>
#include <string>

#include "k8s/mesh/yaml_tree.h"

namespace meshdns {

class YamlExtents {
 public:
  YamlExtents(std::string_view text, YamlTree& tree) : text_(text), tree_(tree) {}

  void find() {
    for (const YamlTree::Document& document : tree_.documents_) {
      at_ = std::min(document.begin, text_.size());  // a document without content begins behind it
      if (text_.substr(at_).starts_with("---")) at_ += 3;
      walk(document.root, kNoColumn);
    }
  }

 private:
  using Kind = YamlNode::Kind;

  static constexpr size_t kNoColumn = std::string_view::npos;  // of a document's root: it is in no collection
  static constexpr std::string_view kBlank = " \t\r\n";
  static constexpr std::string_view kNameEnd = " \t\r\n,[]{}";  // of an anchor's or an alias's name

  [[noreturn]] void lose(const char* expected) const {
    throw Error{"line " + std::to_string(line_number(text_, at_)) + ": cannot tell where it ends: expected " +
                expected};
  }

  bool sees(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void skip_space() { at_ = skip_yaml_space(text_, at_); }
  void skip_to(std::string_view any) { at_ = std::min(text_.find_first_of(any, at_), text_.size()); }
  void expect(char c, const char* name) {
    skip_space();
    if (!sees(c)) lose(name);
    ++at_;
  }
  size_t column(size_t position) const { return position - line_begin(text_, position); }

  /// `column`: of the block collection that it is in.
  void walk(size_t index, size_t column) {
    YamlNode& node = tree_.nodes_[index];
    const size_t before = at_;
    skip_space();
    if (node.is_null && !sees_null(node)) {
      at_ = node.begin = node.content = node.end = before;
      return;
    }
    if (at_ != node.begin) lose("the next node");
    if (node.kind != Kind::kAlias && (node.anchored || node.has_tag || node.is_null)) skip_properties();
    node.content = at_;
    walk_content(node, column);
    node.end = at_;
    node.content = std::min(node.content, node.end);  // a null of which nothing but its anchor or tag is written
  }

  /// Whether a null is written. yaml-cpp gives one that is not the place of what comes next.
  bool sees_null(const YamlNode& node) const {
    if (at_ != node.begin) return false;
    const std::string_view rest = text_.substr(at_, text_.find_first_of(kNameEnd, at_) - at_);
    return rest == "~" || rest == "null" || rest == "Null" || rest == "NULL" || rest.starts_with('!') ||
           (rest.starts_with('&') && node.anchored);
  }

  void skip_properties() {
    while (sees('&') || sees('!')) {
      if (text_.substr(at_).starts_with("!<")) {
        skip_to(">");
        ++at_;
      } else {
        skip_to(kNameEnd);
      }
      properties_end_ = at_;
      skip_space();
    }
  }

  void walk_content(const YamlNode& node, size_t column) {
    switch (node.kind) {
      case Kind::kScalar:
        return node.is_null ? walk_null() : walk_scalar(node, column);
      case Kind::kAlias:
        return skip_to(kNameEnd);
      case Kind::kSequence:
        return node.flow ? walk_flow_sequence(node) : walk_block_sequence(node);
      case Kind::kMapping:
        return node.flow ? walk_flow_mapping(node) : walk_block_mapping(node);
    }
  }

  void walk_null() {
    if (sees('~') || text_.substr(at_, 4) == "null" || text_.substr(at_, 4) == "Null" ||
        text_.substr(at_, 4) == "NULL") {
      skip_to(kNameEnd);
    } else {
      at_ = properties_end_;
    }
  }

  void walk_scalar(const YamlNode& node, size_t column) {
    if (sees('"')) return walk_quoted('"');
    if (sees('\'')) return walk_quoted('\'');
    if (sees('|') || sees('>')) return walk_block_scalar(column);
    // Where lines are folded, white space is another one than in the value.
    const std::string_view value = node.text;
    for (size_t i = 0; i < value.size();) {
      if (kBlank.find(value[i]) != std::string_view::npos) {
        i = std::min(value.find_first_not_of(kBlank, i), value.size());
        at_ = std::min(text_.find_first_not_of(kBlank, at_), text_.size());
      } else if (sees(value[i])) {
        ++i;
        ++at_;
      } else {
        lose("a plain text");
      }
    }
  }

  /// In single quotes a quote stands twice, which is as good as two texts.
  void walk_quoted(char quote) {
    ++at_;
    while (!sees(quote) || (quote == '\'' && text_.substr(at_, 2) == "''")) {
      if (at_ >= text_.size()) lose("the closing quote");
      at_ += sees(quote) || (quote == '"' && sees('\\')) ? 2 : 1;
    }
    ++at_;
  }

  /// Ends with its last line that is not empty: what keeps those behind it (|+) is not told from what does not.
  void walk_block_scalar(size_t column) {
    skip_to("\n");
    const size_t least = column == kNoColumn ? 0 : column + 1;
    size_t end = at_;
    while (at_ < text_.size()) {
      const size_t begin = at_ + 1;
      const size_t line_end = std::min(text_.find('\n', begin), text_.size());
      const size_t first = std::min(text_.find_first_not_of(" ", begin), line_end);
      const bool is_empty = text_.substr(first, line_end - first).find_first_not_of("\t\r") == std::string_view::npos;
      if (!is_empty && (first - begin < least || is_document_marker(begin))) break;
      at_ = line_end;
      if (!is_empty) end = line_end;
    }
    at_ = end > 0 && text_[end - 1] == '\r' ? end - 1 : end;
  }

  bool is_document_marker(size_t at) const {
    return text_.substr(at).starts_with("---") || text_.substr(at).starts_with("...");
  }

  void walk_flow_sequence(const YamlNode& node) {
    expect('[', "'['");
    for (const size_t item : node.children) {
      skip_commas();
      walk(item, kNoColumn);
    }
    skip_commas();
    expect(']', "']'");
  }

  void walk_flow_mapping(const YamlNode& node) {
    const bool has_braces = sees('{');
    if (has_braces) ++at_;
    for (size_t i = 0; i < node.children.size(); i += 2) {
      skip_commas();
      walk_key(node.children[i], kNoColumn);
      walk_value(node.children[i + 1], kNoColumn);
    }
    if (!has_braces) return;
    skip_commas();
    expect('}', "'}'");
  }

  void walk_block_sequence(const YamlNode& node) {
    const size_t own = column(at_);
    for (const size_t item : node.children) {
      expect('-', "'-'");
      walk(item, own);
    }
  }

  void walk_block_mapping(const YamlNode& node) {
    const size_t own = column(at_);
    for (size_t i = 0; i < node.children.size(); i += 2) {
      walk_key(node.children[i], own);
      walk_value(node.children[i + 1], own);
    }
  }

  void walk_key(size_t key, size_t column) {
    skip_space();
    if (sees('?') && at_ != tree_.nodes_[key].begin) ++at_;
    walk(key, column);
  }

  void walk_value(size_t value, size_t column) {
    const size_t before = at_;
    skip_space();
    if (sees(':')) {
      ++at_;
    } else if (tree_.nodes_[value].is_null) {
      at_ = before;
    } else {
      lose("':'");
    }
    walk(value, column);
  }

  void skip_commas() {
    for (skip_space(); sees(','); skip_space()) ++at_;
  }

  const std::string_view text_;
  YamlTree& tree_;
  size_t at_ = 0;
  size_t properties_end_ = 0;
};

std::optional<Error> find_extents(std::string_view text, YamlTree& tree) {
  try {
    YamlExtents(text, tree).find();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

}  // namespace meshdns
