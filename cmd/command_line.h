#pragma once

// The flags of `meshdns`, and the configuration that they make together with the file.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/config.h"
#include "zone/result.h"

namespace meshdns {

/// The flags as they were given; their values are checked by make_config().
struct CommandLine {
  std::string config;  // FILE; empty: none
  std::vector<std::string> listen;
  std::vector<std::string> zones;
  std::vector<std::string> from;  // "kubernetes", or a path
  std::optional<std::string> kubeconfig;
  std::optional<std::string> context;
  std::vector<std::string> namespaces;
  std::optional<std::string> admin;
  std::string state;
  std::optional<std::string> workers;
  std::optional<std::string> default_address;
  std::optional<std::string> log_level;
  bool check_config = false;

  std::string print;  // --help, --version: print this and leave with 0
};

/// The error says which flag is wrong and what was expected.
Result<CommandLine> parse_command_line(int argc, const char* const* argv, std::string_view version);

/// Defaults, then the file's text (where there is a file), then the flags. No file is read, no socket opened. Where
/// neither the file nor a flag names a source, it is the cluster around us: whether there is one is not its business.
Result<Config> make_config(const CommandLine& flags, std::string_view file_text);

}  // namespace meshdns
