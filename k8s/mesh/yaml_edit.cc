#include "k8s/mesh/yaml_edit.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "k8s/mesh/yaml_text.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;
using Kind = YamlNode::Kind;

constexpr std::string_view kMergeKey = "<<";

/// RFC 6901's array index.
std::optional<size_t> index_of(const std::string& token, size_t size) {
  size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc() || end != token.data() + token.size() || index >= size) return std::nullopt;
  return index;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::string spliced(std::string_view text, std::vector<Splice> splices) {
  std::ranges::stable_sort(splices, {}, &Splice::begin);
  std::string result;
  size_t at = 0;
  for (const Splice& splice : splices) {
    result.append(text.substr(at, splice.begin - at)).append(splice.text);
    at = splice.end;
  }
  return result.append(text.substr(at));
}

std::optional<size_t> YamlEdit::find(size_t node, const std::vector<std::string>& tokens) {
  std::optional<size_t> found = node;
  for (const std::string& token : tokens) {
    found = step(behind_aliases(*found), token);
    if (!found) return std::nullopt;
  }
  return found;
}

std::optional<size_t> YamlEdit::step(size_t index, const std::string& token) {
  const YamlNode& node = tree_.node(index);
  if (node.kind == Kind::kMapping) return member(index, token);
  if (node.kind != Kind::kSequence) return std::nullopt;
  const auto item = index_of(token, node.children.size());
  return item ? std::optional(node.children[*item]) : std::nullopt;
}

size_t YamlEdit::behind_aliases(size_t index) {
  if (tree_.node(index).kind != Kind::kAlias) return index;
  crossed_.push_back(index);
  return tree_.node(index).target;
}

const YamlNode& YamlEdit::key_node(size_t key) const {
  const YamlNode& node = tree_.node(key);
  return node.kind == Kind::kAlias ? tree_.node(node.target) : node;
}

std::optional<size_t> YamlEdit::own_member(size_t mapping, const std::string& key) const {
  const std::vector<size_t>& children = tree_.node(mapping).children;
  for (size_t i = 0; i + 1 < children.size(); i += 2) {
    if (key_node(children[i]).text == key) return children[i + 1];
  }
  return std::nullopt;
}

std::optional<size_t> YamlEdit::member(size_t mapping, const std::string& key) {
  if (const auto own = own_member(mapping, key)) return own;
  const auto merged = own_member(mapping, std::string(kMergeKey));
  return merged ? merged_member(*merged, key) : std::nullopt;
}

std::optional<size_t> YamlEdit::merged_member(size_t from, const std::string& key) {
  const size_t crossed = crossed_.size();
  const size_t index = behind_aliases(from);
  const YamlNode& node = tree_.node(index);
  if (node.kind == Kind::kMapping) {
    if (const auto found = member(index, key)) return found;
  } else if (node.kind == Kind::kSequence) {
    for (const size_t item : node.children) {
      if (const auto found = merged_member(item, key)) return found;
    }
  }
  crossed_.resize(crossed);
  return std::nullopt;
}

Result<Splice> YamlEdit::replace(size_t scalar, const Json& value) const {
  const YamlNode& node = tree_.node(scalar);
  if (node.kind != Kind::kScalar && node.kind != Kind::kAlias) return Error{"expected a value, found a collection"};
  const bool is_glued = node.content == node.end && node.content > 0 && text_[node.content - 1] != ' ';
  return Splice{node.content, node.end, (is_glued ? " " : "") + value.dump()};
}

Result<Splice> YamlEdit::add_member(size_t mapping, const std::string& key, const Json& value) const {
  const YamlNode& node = tree_.node(mapping);
  if (node.kind != Kind::kMapping) return Error{"expected a mapping"};
  if (node.flow) return add_flow(node, 2, node.children.size() / 2, key, value);
  const size_t column = node.content - line_begin(text_, node.content);
  const size_t at = end_of_line(node.end);
  const std::string line_end = line_end_at(at);
  return Splice{at, at, line_end + block_lines(Json{{key, value}}, column, "", line_end)};
}

Result<Splice> YamlEdit::add_item(size_t sequence, size_t index, const Json& value) const {
  const YamlNode& node = tree_.node(sequence);
  if (node.kind != Kind::kSequence) return Error{"expected a list"};
  if (node.flow || node.children.empty()) return add_flow(node, 1, index, "", value);
  const size_t dash = dash_of(node, 0);
  const size_t column = dash - line_begin(text_, dash);
  if (index == 0 && !indentation_of(dash)) return Error{"the list's first item shares a line with another list"};
  // Comments above an item tell of that item: the new one comes right behind what is before them.
  const size_t at = end_of_line(index > 0 ? tree_.node(node.children[index - 1]).end : before_comments(dash));
  const std::string line_end = line_end_at(at);
  return Splice{at, at, line_end + block_lines(value, column, "- ", line_end)};
}

Result<Splice> YamlEdit::remove_item(size_t sequence, size_t index) const {
  const YamlNode& node = tree_.node(sequence);
  if (node.flow) return remove_flow(node, 1, index);
  const size_t dash = dash_of(node, index);
  if (!indentation_of(dash)) return Error{"the item shares a line with another list"};
  return remove_lines(dash, tree_.node(node.children[index]).end);
}

Result<Splice> YamlEdit::remove_member(size_t mapping, const std::string& key) const {
  const YamlNode& node = tree_.node(mapping);
  const auto value = own_member(mapping, key);
  if (!value) return Error{"it is not written there"};
  const auto index = static_cast<size_t>(std::ranges::find(node.children, *value) - node.children.begin()) / 2;
  if (node.flow) return remove_flow(node, 2, index);
  const size_t begin = tree_.node(node.children[2 * index]).begin;
  if (node.children.size() == 2) return Error{"it is the only one there"};
  if (indentation_of(begin)) return remove_lines(begin, tree_.node(*value).end);
  // The first of a list's item: the next one comes up to the dash.
  const size_t next = index == 0 ? tree_.node(node.children[2]).begin : begin;
  if (text_.substr(begin, next - begin).find('#') == std::string_view::npos && index == 0)
    return Splice{begin, next, ""};
  return Error{"it shares a line with a list's item, or a comment is below it"};
}

Splice YamlEdit::add_document(const Json& value) const {
  const std::string line_end = text_.empty() ? "\n" : line_end_at(text_.size());
  const bool is_open = !text_.empty() && !text_.ends_with('\n');
  std::string added = is_open ? line_end : "";
  const auto& documents = tree_.documents();
  const bool is_first =
      documents.empty() || (tree_.node(documents.back().root).is_null && text_.find("---") == text_.npos);
  if (!is_first) added.append("---").append(line_end);
  return {text_.size(), text_.size(), added + block_lines(value, 0, "", line_end) + line_end};
}

Splice YamlEdit::remove_document(size_t document) const {
  const auto& documents = tree_.documents();
  const bool is_last = document + 1 == documents.size();
  return {line_begin(text_, documents[document].begin), is_last ? text_.size() : documents[document + 1].begin, ""};
}

/// As the lines about `at` end.
std::string YamlEdit::line_end_at(size_t at) const {
  size_t end = text_.find('\n', at);
  if (end == std::string_view::npos) end = text_.rfind('\n', at);
  return end != std::string_view::npos && end > 0 && text_[end - 1] == '\r' ? "\r\n" : "\n";
}

/// What stands before `at` in its line, where that is white space alone.
std::optional<std::string> YamlEdit::indentation_of(size_t at) const {
  const size_t begin = line_begin(text_, at);
  const std::string_view before = text_.substr(begin, at - begin);
  if (before.find_first_not_of(" \t") != std::string_view::npos) return std::nullopt;
  return std::string(before);
}

/// Before the line's end, behind a comment.
size_t YamlEdit::end_of_line(size_t at) const {
  const size_t end = std::min(text_.find('\n', at), text_.size());
  return end > at && text_[end - 1] == '\r' ? end - 1 : end;
}

/// The begin of the last line above that is not a comment.
size_t YamlEdit::before_comments(size_t at) const {
  size_t line = line_begin(text_, at);
  while (line > 0) {
    line = line_begin(text_, line - 1);
    const size_t first = text_.find_first_not_of(" \t\r\n", line);
    if (first < at && text_[first] != '#') break;
  }
  return line;
}

size_t YamlEdit::dash_of(const YamlNode& sequence, size_t index) const {
  return skip_yaml_space(text_, index == 0 ? sequence.content : tree_.node(sequence.children[index - 1]).end);
}

/// Block style, its lines but the last with their ends; `first`: what stands before the first line.
std::string YamlEdit::block_lines(const Json& value, size_t column, std::string_view first,
                                  const std::string& line_end) const {
  const std::string yaml = yaml_text(value);
  std::string result;
  for (const std::string_view line : lines_of(yaml)) {
    result.append(result.empty() ? "" : line_end).append(column, ' ');
    result.append(result.size() == column ? std::string(first) : std::string(first.size(), ' ')).append(line);
  }
  return result;
}

/// `step`: how many of the children make an entry. A collection whose entries have lines of their own gets one more.
Splice YamlEdit::add_flow(const YamlNode& collection, size_t step, size_t index, const std::string& key,
                          const Json& value) const {
  constexpr int kIndent = 2;
  const size_t count = collection.children.size() / step;
  if (count == 0) {
    return {collection.content + 1, collection.content + 1,
            (key.empty() ? "" : Json(key).dump() + ": ") + value.dump()};
  }
  const YamlNode& neighbour = tree_.node(collection.children[(index < count ? index : count - 1) * step]);
  const auto indentation = indentation_of(neighbour.begin);
  const std::string separator = indentation ? line_end_at(neighbour.begin) + *indentation : " ";
  const bool quoted = text_[neighbour.content] == '"';
  std::string entry = key.empty() ? "" : (quoted ? Json(key).dump() : key) + ": ";
  if (indentation) {
    const bool tabs = indentation->find('\t') != std::string::npos;
    const std::string pretty = tabs ? value.dump(1, '\t') : value.dump(kIndent);
    for (const std::string_view line : lines_of(pretty))
      entry.append(line.data() == pretty.data() ? "" : separator).append(line);
  } else {
    entry += value.dump();
  }
  if (index < count) return {neighbour.begin, neighbour.begin, entry + "," + separator};
  const size_t end = tree_.node(collection.children.back()).end;
  return {end, end, "," + separator + entry};
}

/// `step`: how many of the children make an entry.
Splice YamlEdit::remove_flow(const YamlNode& collection, size_t step, size_t index) const {
  const size_t at = index * step;
  const size_t begin = tree_.node(collection.children[at]).begin;
  if (at + step < collection.children.size()) return {begin, tree_.node(collection.children[at + step]).begin, ""};
  const size_t end = tree_.node(collection.children[at + step - 1]).end;
  return {index == 0 ? begin : tree_.node(collection.children[at - 1]).end, end, ""};
}

/// All lines from one position to another.
Splice YamlEdit::remove_lines(size_t from, size_t to) const {
  const size_t end = text_.find('\n', to);
  const size_t begin = line_begin(text_, from);
  if (end != std::string_view::npos) return Splice{begin, end + 1, ""};
  // The text's last line had no end, and has none afterwards.
  const size_t kept = text_.find_last_not_of("\r\n", begin - 1);
  return Splice{kept + 1, text_.size(), ""};
}

}  // namespace meshdns
