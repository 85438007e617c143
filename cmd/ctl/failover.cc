// meshdnsctl failover: requests go to another cluster when the servers of one are dead.

#include "cmd/ctl/failover.h"

#include "cmd/ctl/command.h"

namespace meshdns {

void add_failover(CtlCommand& root) {
  CtlCommand command = root.add(
      "failover", "Send requests to another cluster when the servers of one are dead",
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
  add_failover_create(command);
  add_failover_delete(command);
  add_failover_show(command);
  add_failover_verify(command);
}

}  // namespace meshdns
