#pragma once

// -o, the flag that says in which form a command prints what it found.

#include <string>

#include "cmd/ctl/output.h"

namespace meshdns {

class CtlCommand;

void add_output_flag(CtlCommand& command, std::string& output);

/// What it says. Stops with kUsage.
OutputForm form_or_stop(const std::string& output);

}  // namespace meshdns
