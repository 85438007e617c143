#pragma once

// The commands of `meshdnsctl entry`. Each adds its own to `entry`.

#include "cmd/ctl/command.h"

namespace meshdns {

void add_entry_create(CLI::App& entry, const Choose& choose);
void add_entry_list(CLI::App& entry, const Choose& choose);
void add_entry_delete(CLI::App& entry, const Choose& choose);

}  // namespace meshdns
