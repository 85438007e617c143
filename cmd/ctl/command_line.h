#pragma once

// The command line of `meshdnsctl`: one command with its flags.

#include <functional>
#include <string_view>

#include "cmd/ctl/command.h"
#include "zone/result.h"

namespace meshdns {

/// What the command line asks for, --help and --version included. The error says which word is wrong and what was expected.
Result<std::function<Ended()>> parse_ctl_command_line(int argc, const char* const* argv, std::string_view version);

}  // namespace meshdns
