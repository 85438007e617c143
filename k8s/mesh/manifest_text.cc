#include "k8s/mesh/manifest_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "k8s/api/api_objects.h"
#include "k8s/mesh/yaml_edit.h"
#include "k8s/mesh/yaml_tree.h"

namespace meshdns {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::vector<std::string> tokens_of(json::json_pointer pointer) {
  std::vector<std::string> tokens;
  for (; !pointer.empty(); pointer.pop_back()) tokens.insert(tokens.begin(), pointer.back());
  return tokens;
}

/// From the document's root.
std::vector<std::string> way_to(const ManifestObject& object) {
  if (!object.item) return {};
  return {"items", std::to_string(*object.item)};
}

std::vector<std::string> jsons_of(const std::vector<ManifestObject>& objects) {
  std::vector<std::string> jsons;
  for (const ManifestObject& object : objects) jsons.push_back(json::parse(object.json).dump());
  return jsons;
}

/// One operation of a patch, in the text.
Result<Splice> splice_of(YamlEdit& edit, const YamlTree& tree, size_t root, std::vector<std::string> tokens,
                         const ordered_json& operation) {
  const std::string last = tokens.back();
  tokens.pop_back();
  const auto parent = edit.find(root, tokens);
  if (!parent) return Error{"it is not written there"};
  const YamlNode& written = tree.node(*parent);
  const size_t index = written.kind == YamlNode::Kind::kAlias ? written.target : *parent;
  if (index != *parent) edit.find(*parent, {last});
  const YamlNode& node = tree.node(index);
  const bool removes = operation.at("op") == "remove";
  if (node.kind == YamlNode::Kind::kSequence) {
    const size_t item = last == "-" ? node.children.size() : std::stoul(last);
    const bool replaces = operation.at("op") == "replace" && item < node.children.size();
    if (replaces) return edit.replace(node.children[item], operation.at("value"));
    return removes ? edit.remove_item(index, item) : edit.add_item(index, item, operation.at("value"));
  }
  if (removes) return edit.remove_member(index, last);
  if (const auto own = edit.own_member(index, last)) return edit.replace(*own, operation.at("value"));
  return edit.add_member(index, last, operation.at("value"));
}

/// Why an edit that went through aliases shows elsewhere.
std::string about_aliases(std::string_view text, const YamlTree& tree, const std::vector<size_t>& crossed) {
  if (crossed.empty()) return "; what stands there is used elsewhere, too (an anchor &…): write it out in both places";
  const YamlNode& alias = tree.node(crossed.front());
  const std::string name(text.substr(alias.begin, alias.end - alias.begin));
  return "; line " + std::to_string(line_number(text, alias.begin)) + " has " + printable(name) + ", and line " +
         std::to_string(line_number(text, tree.node(alias.target).begin)) +
         " what it stands for: a change there shows in both places; write it out in the first";
}

}  // namespace

ManifestText::ManifestText(std::string text, std::string file, std::vector<ManifestObject> objects)
    : text_(std::move(text)), file_(std::move(file)), objects_(std::move(objects)) {}

Result<ManifestText> ManifestText::parse(std::string text, std::string file) {
  auto objects = parse_manifest(text, file);
  if (!objects) return Error{objects.error()};
  return ManifestText(std::move(text), std::move(file), *std::move(objects));
}

std::string ManifestText::place(size_t object, std::string_view pointer) const {
  const auto tree = YamlTree::parse(text_);
  if (!tree) return objects_[object].place;
  std::vector<std::string> tokens = way_to(objects_[object]);
  for (const std::string& token : tokens_of(json::json_pointer(std::string(pointer)))) tokens.push_back(token);
  const auto node = YamlEdit(text_, *tree).find(tree->documents()[objects_[object].document].root, tokens);
  if (!node) return objects_[object].place;
  return file_ + ":" + std::to_string(line_number(text_, tree->node(*node).begin));
}

Result<std::string> ManifestText::patched(size_t object, std::string_view patch) const {
  const ManifestObject& target = objects_[object];
  const auto tree = YamlTree::parse(text_);
  if (!tree) return Error{file_ + ": " + tree.error()};
  const size_t root = tree->documents()[target.document].root;
  YamlEdit edit(text_, *tree);
  std::vector<Splice> splices;
  std::vector<std::string> expected = jsons_of(objects_);
  std::string pointer;
  try {
    const auto operations = ordered_json::parse(patch);
    expected[object] = json::parse(target.json).patch(json::parse(patch)).dump();
    for (const ordered_json& operation : operations) {
      if (operation.at("op") == "test") continue;
      pointer = operation.at("path").get<std::string>();
      std::vector<std::string> tokens = way_to(target);
      for (std::string& token : tokens_of(json::json_pointer(pointer))) tokens.push_back(std::move(token));
      const auto splice = splice_of(edit, *tree, root, std::move(tokens), operation);
      if (!splice) return Error{place(object, pointer) + ": " + splice.error()};
      splices.push_back(*splice);
    }
  } catch (const json::exception& error) {
    return Error{target.place + ": " + error.what()};
  }
  auto text = checked(spliced(text_, std::move(splices)), expected);
  if (text) return text;
  return Error{place(object, pointer) + ": " + text.error() + about_aliases(text_, *tree, edit.crossed())};
}

Result<std::string> ManifestText::with(const ordered_json& object) const {
  const auto tree = YamlTree::parse(text_);
  if (!tree) return Error{file_ + ": " + tree.error()};
  std::vector<std::string> expected = jsons_of(objects_);
  expected.push_back(json::parse(object.dump()).dump());
  auto text = checked(spliced(text_, {YamlEdit(text_, *tree).add_document(object)}), expected);
  return text ? text : Error{file_ + ": " + text.error()};
}

Result<std::string> ManifestText::without(size_t object) const {
  const auto tree = YamlTree::parse(text_);
  if (!tree) return Error{file_ + ": " + tree.error()};
  const ManifestObject& target = objects_[object];
  YamlEdit edit(text_, *tree);
  Result<Splice> splice = edit.remove_document(target.document);
  if (target.item) {
    const auto items = edit.find(tree->documents()[target.document].root, {"items"});
    if (!items) return Error{target.place + ": its list is not written there"};
    splice = edit.remove_item(*items, *target.item);
  }
  if (!splice) return Error{target.place + ": " + splice.error()};
  std::vector<std::string> expected = jsons_of(objects_);
  expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(object));
  auto text = checked(spliced(text_, {*splice}), expected);
  return text ? text : Error{target.place + ": " + text.error()};
}

Result<std::string> ManifestText::checked(std::string text, const std::vector<std::string>& expected) const {
  const auto objects = parse_manifest(text, file_);
  if (!objects) return Error{"the edited text cannot be read any more (" + objects.error() + ")"};
  if (jsons_of(*objects) != expected) return Error{"an edit here would change something else, too"};
  return text;
}

}  // namespace meshdns
