#pragma once

// The commands of `meshdnsctl failover`. Each adds its own to `failover`.

#include "cmd/ctl/command.h"

namespace meshdns {

void add_failover_create(CtlCommand& failover);
void add_failover_delete(CtlCommand& failover);
void add_failover_show(CtlCommand& failover);
void add_failover_verify(CtlCommand& failover);

}  // namespace meshdns
