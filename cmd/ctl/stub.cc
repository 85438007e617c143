// meshdnsctl stub: the zone as a stub domain of the cluster's DNS.

#include "cmd/ctl/stub.h"

#include <CLI/CLI.hpp>

#include "cmd/ctl/help.h"

namespace meshdns {

void add_stub(CLI::App& root, const Choose& choose) {
  CLI::App& app = *root.add_subcommand("stub", "Have the cluster's DNS forward the zone to meshdns");
  set_help(app,
           "  # What answers the cluster's names, and where would the zone be delegated?\n"
           "  meshdnsctl stub detect\n"
           "\n"
           "  # Delegate it, and back again\n"
           "  meshdnsctl stub install --server service/meshdns/meshdns\n"
           "  meshdnsctl stub remove\n");
  app.require_subcommand(0, 1);
  app.allow_extras();
  add_stub_detect(app, choose);
  add_stub_install(app, choose);
  add_stub_status(app, choose);
  add_stub_remove(app, choose);
  add_stub_restore(app, choose);
  add_stub_verify(app, choose);
}

}  // namespace meshdns
