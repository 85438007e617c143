#pragma once

// The commands of `meshdnsctl stub`. Each adds its own to `stub`.

#include "cmd/ctl/command.h"

namespace meshdns {

void add_stub_detect(CLI::App& stub, const Choose& choose);
void add_stub_install(CLI::App& stub, const Choose& choose);
void add_stub_status(CLI::App& stub, const Choose& choose);
void add_stub_remove(CLI::App& stub, const Choose& choose);
void add_stub_restore(CLI::App& stub, const Choose& choose);
void add_stub_verify(CLI::App& stub, const Choose& choose);

}  // namespace meshdns
