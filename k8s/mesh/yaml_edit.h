#pragma once

// One change of a YAML text: which octets, and what comes in their place. Every other octet stays as it is: comments, order, quotes, line
// ends.

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/yaml_tree.h"
#include "zone/result.h"

namespace meshdns {

/// The octets from `begin` to `end` give way to `text`.
struct Splice {
  size_t begin;
  size_t end;
  std::string text;
};

std::string spliced(std::string_view text, std::vector<Splice> splices);

class YamlEdit {
 public:
  /// Both are referred to.
  YamlEdit(std::string_view text, const YamlTree& tree) : text_(text), tree_(tree) {}

  /// What a JSON Pointer's tokens lead to from `node`; through aliases and merge keys, too: those are noted in crossed().
  std::optional<size_t> find(size_t node, const std::vector<std::string>& tokens);

  /// The aliases that find() has gone through: an edit behind one changes what it stands for.
  const std::vector<size_t>& crossed() const { return crossed_; }

  /// A scalar's value, its anchor and tag stay; an alias gives way to the value.
  Result<Splice> replace(size_t scalar, const nlohmann::ordered_json& value) const;

  /// A member more, the mapping's last.
  Result<Splice> add_member(size_t mapping, const std::string& key, const nlohmann::ordered_json& value) const;

  /// An item more, before the one that has that index, or as the last.
  Result<Splice> add_item(size_t sequence, size_t index, const nlohmann::ordered_json& value) const;

  Result<Splice> remove_item(size_t sequence, size_t index) const;

  /// One of a mapping's own that has others: a block mapping without members is none.
  Result<Splice> remove_member(size_t mapping, const std::string& key) const;

  /// A document more, the last.
  Splice add_document(const nlohmann::ordered_json& value) const;
  Splice remove_document(size_t document) const;

  /// The mapping's member, in its own text, by aliases not; nothing where it has none.
  std::optional<size_t> own_member(size_t mapping, const std::string& key) const;

 private:
  std::optional<size_t> step(size_t node, const std::string& token);
  std::optional<size_t> member(size_t mapping, const std::string& key);
  std::optional<size_t> merged_member(size_t from, const std::string& key);
  size_t behind_aliases(size_t node);
  const YamlNode& key_node(size_t key) const;

  std::string line_end_at(size_t at) const;
  std::optional<std::string> indentation_of(size_t at) const;
  size_t end_of_line(size_t at) const;
  size_t before_comments(size_t at) const;
  size_t dash_of(const YamlNode& sequence, size_t index) const;
  std::string block_lines(const nlohmann::ordered_json& value, size_t column, std::string_view first,
                          const std::string& line_end) const;
  Splice add_flow(const YamlNode& collection, size_t step, size_t index, const std::string& key,
                  const nlohmann::ordered_json& value) const;
  Splice remove_flow(const YamlNode& collection, size_t step, size_t index) const;
  Splice remove_lines(size_t from, size_t to) const;

  const std::string_view text_;
  const YamlTree& tree_;
  std::vector<size_t> crossed_;
};

}  // namespace meshdns
