#pragma once

// The commands of `meshdnsctl stub`. Each adds its own to `stub`.

#include "cmd/ctl/command.h"

namespace meshdns {

void add_stub_detect(CtlCommand& stub);
void add_stub_install(CtlCommand& stub);
void add_stub_status(CtlCommand& stub);
void add_stub_remove(CtlCommand& stub);
void add_stub_restore(CtlCommand& stub);
void add_stub_verify(CtlCommand& stub);

}  // namespace meshdns
