#pragma once

// Where each node of a YAML text stands, to the octet: what an edit needs that leaves every other octet as it is. yaml-cpp's events say
// where nodes begin; where they end, the text itself.
//
// Source: https://yaml.org/spec/1.2.2/, as yaml-cpp reads it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zone/result.h"

namespace meshdns {

/// All positions are in octets from the text's begin.
struct YamlNode {
  enum class Kind : uint8_t { kScalar, kAlias, kSequence, kMapping };
  Kind kind;
  bool flow = false;               // of a collection: [a, b], {a: b}, or the pair in [a: b]
  bool anchored = false;           // others may refer to it
  bool has_tag = false;            // that is written
  size_t begin = 0;                // of its anchor and tag
  size_t content = 0;              // behind them
  size_t end = 0;                  // behind its last octet; a block collection's, its last item's
  std::string text{};              // a scalar's value; empty for null
  std::string tag{};               // a scalar's: "?" is a plain one
  bool is_null = false;            // it may have no octet: begin == end
  size_t target = 0;               // an alias's: the node that it stands for
  std::vector<size_t> children{};  // a sequence's items; a mapping's keys and values, in turn
};

class YamlTree {
 public:
  struct Document {
    size_t begin;  // of its "---" line, or of its first node
    size_t root;
  };

  /// `text` is one that parse_manifest() has read. The error says what could not be followed, and in which line.
  static Result<YamlTree> parse(std::string_view text);

  const std::vector<Document>& documents() const { return documents_; }
  const YamlNode& node(size_t index) const { return nodes_[index]; }

 private:
  friend class YamlTreeBuilder;
  friend class YamlExtents;

  std::vector<YamlNode> nodes_;
  std::vector<Document> documents_;
};

/// Behind white space, line ends and comments.
size_t skip_yaml_space(std::string_view text, size_t at);

/// Of the line that holds `at`.
size_t line_begin(std::string_view text, size_t at);
size_t line_number(std::string_view text, size_t at);  // from 1

}  // namespace meshdns
