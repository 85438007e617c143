#pragma once

// The commands of `meshdnsctl failover`. Each adds its own to `failover`.

#include "cmd/ctl/command.h"

namespace meshdns {

void add_failover_create(CLI::App& failover, const Choose& choose);
void add_failover_delete(CLI::App& failover, const Choose& choose);
void add_failover_show(CLI::App& failover, const Choose& choose);
void add_failover_verify(CLI::App& failover, const Choose& choose);

}  // namespace meshdns
