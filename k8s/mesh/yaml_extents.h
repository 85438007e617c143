#pragma once

#include <optional>
#include <string_view>

#include "zone/result.h"

namespace meshdns {

class YamlTree;

/// Finds where the tree's nodes end, and where their content begins: walks the text beside the tree, from node to node. Whatever stands
/// elsewhere than the tree says is an error with its line, never a guess.
std::optional<Error> find_extents(std::string_view text, YamlTree& tree);

}  // namespace meshdns
