#pragma once

// The commands of `meshdnsctl route`. Each adds its own to `route`.

#include "cmd/ctl/command.h"

namespace meshdns {

void add_route_create(CtlCommand& route);
void add_route_delete(CtlCommand& route);
void add_route_set_weights(CtlCommand& route);
void add_route_show(CtlCommand& route);
void add_route_verify(CtlCommand& route);

}  // namespace meshdns
