#include "k8s/mesh/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "k8s/mesh/yaml_extents.h"

namespace meshdns {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// JSON's surrogate pairs, which yaml-cpp does not take, as other escapes of the same length: positions are all that is read here.
std::string without_surrogates(std::string text) {
  constexpr std::string_view kEscape = "\\u0041";
  for (size_t at = 0; (at = text.find("\\u", at)) != std::string::npos; at += 2) {
    const bool is_surrogate = text.size() - at >= kEscape.size() && (text[at + 2] | 0x20) == 'd' && text[at + 3] >= '8';
    if (is_surrogate) text.replace(at, kEscape.size(), kEscape);
  }
  return text;
}

}  // namespace

class YamlTreeBuilder : public YAML::EventHandler {
 public:
  YamlTreeBuilder(YamlTree& tree, size_t offset) : tree_(tree), offset_(offset) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    anchors_.clear();
    tree_.documents_.push_back({position(mark), tree_.nodes_.size()});
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, YamlNode::Kind::kScalar, "?", anchor).is_null = true;
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, YamlNode::Kind::kAlias, "?", YAML::NullAnchor).target = anchors_.at(anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    YamlNode& node = add(mark, YamlNode::Kind::kScalar, tag, anchor);
    node.text = text;
    node.tag = tag;
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(mark, YamlNode::Kind::kSequence, tag, anchor, style);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(mark, YamlNode::Kind::kMapping, tag, anchor, style);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  size_t position(const YAML::Mark& mark) const { return offset_ + static_cast<size_t>(mark.pos); }

  YamlNode& add(const YAML::Mark& mark, YamlNode::Kind kind, const std::string& tag, YAML::anchor_t anchor) {
    const size_t index = tree_.nodes_.size();
    if (!open_.empty()) tree_.nodes_[open_.back()].children.push_back(index);
    if (anchor != YAML::NullAnchor) anchors_.insert_or_assign(anchor, index);
    YamlNode& node = tree_.nodes_.emplace_back(YamlNode{kind});
    node.anchored = anchor != YAML::NullAnchor;
    node.has_tag = tag != "?" && tag != "!";
    node.begin = position(mark);
    return node;
  }

  void open(const YAML::Mark& mark, YamlNode::Kind kind, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    add(mark, kind, tag, anchor).flow = style == YAML::EmitterStyle::Flow;
    open_.push_back(tree_.nodes_.size() - 1);
  }

  YamlTree& tree_;
  const size_t offset_;
  std::vector<size_t> open_;
  std::unordered_map<YAML::anchor_t, size_t> anchors_;
};

Result<YamlTree> YamlTree::parse(std::string_view text) {
  YamlTree tree;
  try {
    std::istringstream stream(without_surrogates(std::string(text)).append("\n...\n"));
    YAML::Parser parser(stream);
    YamlTreeBuilder builder(tree, text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    return Error{"line " + std::to_string(error.mark.line + 1) + ": " + error.msg};
  }
  if (const auto error = find_extents(text, tree)) return *error;
  return tree;
}

size_t skip_yaml_space(std::string_view text, size_t at) {
  constexpr std::string_view kSpace = " \t\r\n";
  for (;;) {
    at = std::min(text.find_first_not_of(kSpace, at), text.size());
    if (at == text.size() || text[at] != '#') return at;
    at = std::min(text.find('\n', at), text.size());
  }
}

size_t line_begin(std::string_view text, size_t at) {
  const size_t end = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  if (end != std::string_view::npos) return end + 1;
  return text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
}

size_t line_number(std::string_view text, size_t at) {
  return static_cast<size_t>(std::ranges::count(text.substr(0, at), '\n')) + 1;
}

}  // namespace meshdns
