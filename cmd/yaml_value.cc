#include "cmd/yaml_value.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

#include "cmd/text_value.h"
#include "zone/nearest.h"

namespace meshdns {
namespace {

constexpr size_t kLargestFile = 1 << 20;  // octets: a thousand zones take a tenth of it

/// Walks the events of a file that no node is built from yet, and throws at what a configuration has no use for.
class Guard : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw YAML::ParserException(mark, "found a second document, expected one");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw YAML::ParserException(mark, "found an alias (*name), expected the value itself: aliases are refused");
  }
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  int documents_ = 0;
};

/// yaml-cpp counts lines from 0; what it made up itself has none.
int line_of(const YAML::Mark& mark) { return mark.is_null() ? 1 : mark.line + 1; }

std::string describe(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Sequence:
      return "a list";
    case YAML::NodeType::Map:
      return "a mapping";
    case YAML::NodeType::Scalar:
      return quote(node.Scalar());
    default:
      return "nothing";
  }
}

std::string join(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : std::string(path) + "." + std::string(key);
}

}  // namespace

bool YamlValue::fields(std::initializer_list<Field> known) const {
  const size_t complaints_before = complaints_.lines.size();
  if (!node_.IsMap() && !node_.IsNull()) complain("found " + describe(node_) + ", expected a mapping");
  std::vector<std::string> seen;
  for (const auto& entry : node_) {
    const YAML::Node& key_node = entry.first;
    if (!key_node.IsScalar()) {
      YamlValue(key_node, key_, complaints_).complain("found " + describe(key_node) + " as a key, expected a word");
      continue;
    }
    const std::string& word = key_node.Scalar();
    const auto field = std::ranges::find(known, word, &Field::first);
    if (field == known.end()) {
      std::vector<std::string_view> words;
      for (const Field& candidate : known) words.push_back(candidate.first);
      YamlValue(key_node, key_, complaints_)
          .complain("found the unknown key " + quote(word) + ", the nearest known one is '" +
                    std::string(nearest(word, words)) + "'");
    } else if (std::ranges::find(seen, word) != seen.end()) {
      YamlValue(key_node, join(key_, word), complaints_).complain("found a second time, expected once");
    } else {
      seen.push_back(word);
      field->second(YamlValue(entry.second, join(key_, word), complaints_));
    }
  }
  return complaints_.lines.size() == complaints_before;
}

bool YamlValue::each(size_t least, const Reader& reader) const {
  if (!node_.IsSequence()) return complain("found " + describe(node_) + ", expected a list"), false;
  if (node_.size() < least) return complain("found an empty list, expected one element at least"), false;
  size_t index = 0;
  for (const auto& element : node_) {
    reader(YamlValue(element, key_ + "[" + std::to_string(index++) + "]", complaints_));
  }
  return true;
}

const std::string* YamlValue::scalar() const {
  if (node_.IsScalar()) return &node_.Scalar();
  complain("found " + describe(node_) + ", expected one value");
  return nullptr;
}

void YamlValue::complain(const std::string& found_and_expected) const {
  complaints_.lines.push_back(complaints_.file + ":" + std::to_string(line_of(node_.Mark())) + ": " +
                              (key_.empty() ? "" : key_ + ": ") + escape_controls(found_and_expected));
}

void read_yaml(std::string_view text, Complaints& complaints, const YamlValue::Reader& reader) {
  if (text.size() > kLargestFile) {
    complaints.lines.push_back(complaints.file + ":1: found " + std::to_string(text.size()) +
                               " octets, expected a configuration of at most 1 MiB");
    return;
  }
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Guard guard;
    while (parser.HandleNextDocument(guard)) {
    }
    const YAML::Node root = YAML::Load(std::string(text));
    reader(YamlValue(root, "", complaints));
  } catch (const YAML::Exception& error) {
    complaints.lines.push_back(complaints.file + ":" + std::to_string(line_of(error.mark)) + ": " +
                               escape_controls(error.msg));
  }
}

}  // namespace meshdns
