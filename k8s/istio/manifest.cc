#include "k8s/istio/manifest.h"

#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "k8s/istio/service_entry.h"

namespace meshdns {
namespace {

using nlohmann::json;

constexpr size_t kMaxDepth = 100;  // a ServiceEntry has 7; yaml-cpp itself recurses, and stops at 500
constexpr size_t kMaxNodes =
    4'000'000;  // in a document, or in a file's flow style: 32 MiB of ServiceEntries have fewer
constexpr size_t kMaxCopied = 16 << 20;  // bytes, as node_cost() counts, that a document's anchors and aliases may copy
constexpr size_t kMaxErrorText = 100;    // bytes of a key in a message

[[noreturn]] void fail(const YAML::Mark& mark, const std::string& message) {
  throw YAML::ParserException(mark, message);
}

/// About the memory that a node takes, without its children.
size_t node_cost(std::string_view text) { return 64 + text.size(); }

/// An integer in a spelling that Go's parsers take, JSON not.
std::optional<int64_t> go_integer(std::string text) {
  constexpr int kDecimal = 10;
  std::erase(text, '_');
  const bool negative = text.starts_with('-');
  std::string_view digits(text);
  if (negative || text.starts_with('+')) digits.remove_prefix(1);
  int base = kDecimal;
  if (digits.size() > 1 && digits[0] == '0') {
    static constexpr std::array<std::pair<std::string_view, int>, 7> kPrefixes{
        {{"0x", 16}, {"0X", 16}, {"0o", 8}, {"0O", 8}, {"0b", 2}, {"0B", 2}, {"0", 8}}};
    const auto prefix = std::ranges::find_if(kPrefixes, [&](const auto& p) { return digits.starts_with(p.first); });
    digits.remove_prefix(prefix->first.size());
    base = prefix->second;
  }
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  const bool is_whole = error == std::errc() && end == digits.data() + digits.size() && !digits.empty();
  if (!is_whole || value > uint64_t{std::numeric_limits<int64_t>::max()}) return std::nullopt;
  return negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
}

/// A scalar that is not null, by its tag: "?" is a plain one, "!" a quoted one.
json resolve(const std::string& tag, const std::string& text) {
  if (tag == "!" || (tag.starts_with("tag:yaml.org,2002:") && tag.ends_with(":str"))) return text;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (text == "null" || text == "Null" || text == "NULL" || text == "~") return nullptr;
  if (!text.empty() && (text[0] == '-' || text[0] == '+' || (text[0] >= '0' && text[0] <= '9'))) {
    json number = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (number.is_number()) return number;
    if (const auto integer = go_integer(text)) return *integer;
  }
  return text;
}

/// Builds a document's JSON from the parser's events. Throws YAML::ParserException for what is not a manifest.
class JsonBuilder : public YAML::EventHandler {
 public:
  explicit JsonBuilder(const std::vector<std::string_view>& lines) : lines_(lines) {}

  json take() { return std::move(document_); }
  int line() const { return line_; }  // where the document begins, from 1

  void OnDocumentStart(const YAML::Mark& mark) override {
    // yaml-cpp takes whatever stands behind a document's end for another one, and a ',' for one document after the other.
    const bool is_first = line_ == 0;
    const auto index = static_cast<size_t>(mark.line);
    const bool is_behind = index < lines_.size() && lines_[index].starts_with("---") && mark.pos > position_;
    if (!is_first && !is_behind) fail(mark, "expected the end of the document, or '---' and another one");
    line_ = mark.line + 1;
    position_ = mark.pos;
    nodes_ = copied_ = 0;
    open_.clear();
    anchors_.clear();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    // yaml-cpp takes a key without ':' for one without value, and gives the key's place.
    if (!open_.empty() && open_.back().key && open_.back().key_mark.pos == mark.pos) {
      fail(mark, "expected ':' behind the key");
    }
    scalar(mark, anchor, nullptr, "", false);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    // yaml-cpp makes single octets of these, which are no UTF-8.
    if (!simdjson::validate_utf8(text)) fail(mark, "the escapes \\N and \\_ are not supported");
    if (awaits_key()) {
      scalar(mark, anchor, text, text, tag == "?" && text == "<<");
    } else {
      scalar(mark, anchor, resolve(tag, text), text, false);
    }
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) fail(mark, "an alias within what it stands for");
    count_copy(mark, found->second.cost);
    add(mark, json(found->second.value), found->second.cost, false);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, json::array());
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, json::object());
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override {
    merge();
    close();
  }

 private:
  struct Anchored {
    json value;
    size_t cost;
  };
  /// A sequence or a mapping whose end has not been seen.
  struct Open {
    YAML::Mark mark;
    YAML::anchor_t anchor;
    json value;
    size_t cost;
    std::optional<std::string> key;  // of the mapping's entry that awaits its value
    YAML::Mark key_mark;
    bool key_is_merge = false;  // that key is a plain <<
    json merged;                // what the mapping's << has
  };

  bool awaits_key() const { return !open_.empty() && open_.back().value.is_object() && !open_.back().key; }

  void count_node(const YAML::Mark& mark) {
    if (++nodes_ > kMaxNodes) fail(mark, "more than " + std::to_string(kMaxNodes) + " nodes; split the file");
  }

  void count_copy(const YAML::Mark& mark, size_t cost) {
    copied_ += cost;
    if (copied_ > kMaxCopied) {
      fail(mark, "the document's aliases stand for more than " + std::to_string(kMaxCopied >> 20) + " MiB");
    }
  }

  void scalar(const YAML::Mark& mark, YAML::anchor_t anchor, json value, std::string_view text, bool is_merge) {
    count_node(mark);
    remember(mark, anchor, value, node_cost(text));
    add(mark, std::move(value), node_cost(text), is_merge);
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, json value) {
    count_node(mark);
    if (awaits_key()) fail(mark, "expected a text as key");
    if (open_.size() == kMaxDepth) fail(mark, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
    open_.push_back({mark, anchor, std::move(value), node_cost(""), std::nullopt, {}, false, nullptr});
  }

  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    remember(closed.mark, closed.anchor, closed.value, closed.cost);
    add(closed.mark, std::move(closed.value), closed.cost, false);
  }

  void remember(const YAML::Mark& mark, YAML::anchor_t anchor, const json& value, size_t cost) {
    if (anchor == YAML::NullAnchor) return;
    count_copy(mark, cost);
    anchors_.insert_or_assign(anchor, Anchored{value, cost});
  }

  /// Puts a complete node where it belongs.
  void add(const YAML::Mark& mark, json value, size_t cost, bool is_merge) {
    if (open_.empty()) {
      document_ = std::move(value);
      return;
    }
    Open& parent = open_.back();
    parent.cost += cost;
    if (parent.value.is_array()) {
      parent.value.push_back(std::move(value));
    } else if (!parent.key) {
      set_key(mark, parent, std::move(value), is_merge);
    } else if (std::exchange(parent.key_is_merge, false)) {
      parent.merged = std::move(value);
      parent.key.reset();
    } else {
      parent.value[*parent.key] = std::move(value);
      parent.key.reset();
    }
  }

  static void set_key(const YAML::Mark& mark, Open& mapping, json key, bool is_merge) {
    if (!key.is_string()) fail(mark, "expected a text as key");
    std::string text = key.get<std::string>();
    if (is_merge ? !mapping.merged.is_null() : mapping.value.contains(text)) {
      fail(mark, "the key '" + shown(std::string_view(text).substr(0, kMaxErrorText)) + "' is in this mapping already");
    }
    mapping.key = std::move(text);
    mapping.key_mark = mark;
    mapping.key_is_merge = is_merge;
  }

  /// YAML 1.1's merge key: the mappings that << names give what the mapping itself does not have, the first of them
  /// first.
  void merge() {
    Open& mapping = open_.back();
    if (mapping.merged.is_null()) return;
    if (!mapping.merged.is_array()) mapping.merged = json::array({std::move(mapping.merged)});
    for (const json& from : mapping.merged) {
      if (!from.is_object()) fail(mapping.mark, "expected a mapping, or a list of them, as the value of <<");
      for (const auto& [key, value] : from.items()) mapping.value.emplace(key, value);
    }
  }

  const std::vector<std::string_view>& lines_;
  int line_ = 0;
  int position_ = 0;  // of the document
  size_t nodes_ = 0;
  size_t copied_ = 0;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  json document_;
};

std::string text_field(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

void add_object(const json& object, std::string place, size_t document, std::optional<size_t> item,
                std::vector<ManifestObject>& objects) {
  if (object.is_null()) return;
  const bool is_object = object.is_object();
  objects.push_back({std::move(place), is_object ? text_field(object, "apiVersion") : "",
                     is_object ? text_field(object, "kind") : "", object.dump(), document, item});
}

/// Adds the document's object, or a List's items.
void add_document(const json& document, const std::string& place, size_t number, std::vector<ManifestObject>& objects) {
  const bool is_list = document.is_object() && text_field(document, "kind").ends_with("List") &&
                       document.contains("items") && document["items"].is_array();
  if (!is_list) return add_object(document, place, number, std::nullopt, objects);
  size_t item = 0;
  for (const json& object : document["items"]) {
    add_object(object, place + ", item " + std::to_string(item + 1), number, item, objects);
    ++item;
  }
}

/// What no text may have: an error with its place. yaml-cpp checks none of it, takes the octet 4 for the end of the
/// file, and keeps all tokens of a collection in flow style until its end: some 200 bytes for each comma or bracket.
std::optional<std::string> check_text(const std::vector<std::string_view>& lines) {
  size_t flow_nodes = 0;
  for (size_t line = 0; line < lines.size(); ++line) {
    const auto begins_node = [](char c) { return c == ',' || c == '[' || c == '{'; };
    flow_nodes += static_cast<size_t>(std::count_if(lines[line].begin(), lines[line].end(), begins_node));
    if (flow_nodes > kMaxNodes) {
      return std::to_string(line + 1) + ":1: more than " + std::to_string(kMaxNodes) + " nodes; split the file";
    }
    const auto is_control = [](unsigned char c) { return (c < ' ' && c != '\t' && c != '\r') || c == 0x7f; };
    const auto control = std::find_if(lines[line].begin(), lines[line].end(), is_control);
    if (control != lines[line].end()) {
      return std::to_string(line + 1) + ":" + std::to_string(control - lines[line].begin() + 1) +
             ": a control character";
    }
    if (!simdjson::validate_utf8(lines[line])) return std::to_string(line + 1) + ":1: expected text in UTF-8";
  }
  return std::nullopt;
}

/// Whether no mapping in `value` has a key twice, and none is too deep.
bool is_regular(const simdjson::dom::element& value, size_t depth) {
  if (depth > kMaxDepth) return false;
  if (value.is_array()) {
    for (const auto item : value.get_array()) {
      if (!is_regular(item, depth + 1)) return false;
    }
  } else if (value.is_object()) {
    std::unordered_set<std::string_view> keys;
    for (const auto [key, item] : value.get_object()) {
      if (!keys.insert(key).second || !is_regular(item, depth + 1)) return false;
    }
  }
  return true;
}

/// A text that is one JSON document, by parsers that are faster by far, and know tabs and surrogate pairs. Nothing
/// where it is none, or has something to complain about: that is left to the YAML parser, which knows the place.
std::optional<json> parse_json(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (!text.starts_with('{') || parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS ||
      !is_regular(root, 1)) {
    return std::nullopt;
  }
  json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  return document.is_discarded() ? std::nullopt : std::optional(std::move(document));
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace

Result<std::vector<ManifestObject>> parse_manifest(std::string_view text, std::string_view file) {
  const std::string name(file);
  if (text.size() > kMaxManifest) {
    return Error{name + ": " + std::to_string(text.size()) + " bytes: a manifest has at most " +
                 std::to_string(kMaxManifest >> 20) + " MiB; split it"};
  }
  const std::vector<std::string_view> lines = split_lines(text);
  if (const auto error = check_text(lines)) return Error{name + ":" + *error};

  std::vector<ManifestObject> objects;
  if (const auto document = parse_json(text)) {
    add_document(*document, name + ":1", 0, objects);
    return objects;
  }
  JsonBuilder builder(lines);
  try {
    // Behind an end marker yaml-cpp sees that a quoted text is not closed; at the end of the input it closes it.
    std::istringstream stream(std::string(text).append("\n...\n"));
    YAML::Parser parser(stream);
    for (size_t document = 0; parser.HandleNextDocument(builder); ++document) {
      add_document(builder.take(), name + ":" + std::to_string(builder.line()), document, objects);
    }
  } catch (const YAML::Exception& error) {
    const bool at_end = static_cast<size_t>(error.mark.line) >= lines.size();
    return Error{name + ":" + std::to_string(error.mark.line + 1) + ":" + std::to_string(error.mark.column + 1) + ": " +
                 (at_end ? "the end of the file within a quoted text or a list" : error.msg)};
  }
  return objects;
}

bool is_manifest_name(std::string_view name) {
  constexpr std::array<std::string_view, 3> kSuffixes = {".yaml", ".yml", ".json"};
  return !name.starts_with('.') &&
         std::ranges::any_of(kSuffixes, [&](std::string_view suffix) { return name.ends_with(suffix); });
}

}  // namespace meshdns
