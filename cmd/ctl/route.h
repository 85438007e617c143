#pragma once

// The commands of `meshdnsctl route`. Each adds its own to `route`.

#include "cmd/ctl/command.h"

namespace meshdns {

void add_route_create(CLI::App& route, const Choose& choose);
void add_route_delete(CLI::App& route, const Choose& choose);
void add_route_set_weights(CLI::App& route, const Choose& choose);
void add_route_show(CLI::App& route, const Choose& choose);
void add_route_verify(CLI::App& route, const Choose& choose);

}  // namespace meshdns
