// meshdnsctl failover: requests go to another cluster when the servers of one are dead.

#include "cmd/ctl/failover.h"

#include <CLI/CLI.hpp>

#include "cmd/ctl/help.h"

namespace meshdns {

void add_failover(CLI::App& root, const Choose& choose) {
  CLI::App& app = *root.add_subcommand("failover", "Send requests to another cluster when the servers of one are dead");
  set_help(
      app,
      "  # Each client's own cluster first, the other one when that is dead; for requests that may be sent twice\n"
      "  meshdnsctl failover create serverservice04.bar.global --repeatable --per-try-timeout 0.5s --connect-timeout "
      "500ms\n"
      "\n"
      "  # In a pod with a sidecar, while the servers of one cluster are killed: what is lost, and how soon the others "
      "answer\n"
      "  meshdnsctl failover verify http://serverservice04.bar.global:8000/ --during 60s\n"
      "\n"
      "  # No failover any more\n"
      "  meshdnsctl failover delete serverservice04.bar.global\n");
  app.require_subcommand(0, 1);
  app.allow_extras();
  add_failover_create(app, choose);
  add_failover_delete(app, choose);
  add_failover_show(app, choose);
  add_failover_verify(app, choose);
}

}  // namespace meshdns
