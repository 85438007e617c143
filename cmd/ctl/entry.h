#pragma once

// The commands of `meshdnsctl entry`. Each adds its own to `entry`.

#include "cmd/ctl/command.h"

namespace meshdns {

void add_entry_create(CtlCommand& entry);
void add_entry_list(CtlCommand& entry);
void add_entry_delete(CtlCommand& entry);

}  // namespace meshdns
