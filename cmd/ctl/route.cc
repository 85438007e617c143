// meshdnsctl route: where the requests to a host go, by weight.

#include "cmd/ctl/route.h"

#include <CLI/CLI.hpp>

#include "cmd/ctl/help.h"

namespace meshdns {

void add_route(CLI::App& root, const Choose& choose) {
  CLI::App& app = *root.add_subcommand("route", "Spread the requests to a host over destinations, by weight");
  set_help(app,
           "  # Send a fifth of the requests to the other cluster\n"
           "  meshdnsctl route create service01.bar.svc.cluster.local serverservice01=80 "
           "serverservice04.bar.global=20\n"
           "\n"
           "  # Do requests go where the route's weights say?\n"
           "  meshdnsctl route verify http://serverservice04.bar.global:8000/headers\n");
  app.require_subcommand(0, 1);
  app.allow_extras();
  add_route_create(app, choose);
  add_route_delete(app, choose);
  add_route_set_weights(app, choose);
  add_route_show(app, choose);
  add_route_verify(app, choose);
}

}  // namespace meshdns
