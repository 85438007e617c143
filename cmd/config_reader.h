#pragma once

// The configuration file: YAML with the keys of the reference manual.

#include <string>
#include <string_view>

#include "cmd/config.h"
#include "zone/result.h"

namespace meshdns {

/// The configuration that `text` describes, defaults where it is silent. `file` is what errors call it. The error is a line for
/// each thing that is wrong: `FILE:LINE: KEY: what was found, what was expected`.
Result<Config> read_config(const std::string& file, std::string_view text);

}  // namespace meshdns
