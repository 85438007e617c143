#pragma once

// What a command that changes something has done, or would do, as people and as programs read it.

#include <string>
#include <vector>

#include "cmd/ctl/command.h"
#include "cmd/ctl/output.h"

namespace meshdns {

struct ChangeReport {
  std::string said;                   // a sentence without a full stop
  std::vector<std::string> places{};  // what changed, or would change
  std::string diff{};                 // of a dry run
  std::string verification{};         // its report, lines
  std::vector<std::string> notes{};   // what the user should know besides
};

/// As text: the diff of a dry run, else what was said; then the notes.
Ended printed(const ChangeReport& report, OutputForm form);

}  // namespace meshdns
