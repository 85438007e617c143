// meshdnsctl route: where the requests to a host go, by weight.

#include "cmd/ctl/route.h"

#include "cmd/ctl/command.h"

namespace meshdns {

void add_route(CtlCommand& root) {
  CtlCommand command = root.add("route", "Spread the requests to a host over destinations, by weight",
                                "  # Send a fifth of the requests to the other cluster\n"
                                "  meshdnsctl route create service01.bar.svc.cluster.local serverservice01=80 "
                                "serverservice04.bar.global=20\n"
                                "\n"
                                "  # Do requests go where the route's weights say?\n"
                                "  meshdnsctl route verify http://serverservice04.bar.global:8000/headers\n");
  add_route_create(command);
  add_route_delete(command);
  add_route_set_weights(command);
  add_route_show(command);
  add_route_verify(command);
}

}  // namespace meshdns
