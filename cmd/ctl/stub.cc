// meshdnsctl stub: the zone as a stub domain of the cluster's DNS.

#include "cmd/ctl/stub.h"

#include "cmd/ctl/command.h"

namespace meshdns {

void add_stub(CtlCommand& root) {
  CtlCommand command = root.add("stub", "Have the cluster's DNS forward the zone to meshdns",
                                "  # What answers the cluster's names, and where would the zone be delegated?\n"
                                "  meshdnsctl stub detect\n"
                                "\n"
                                "  # Delegate it, and back again\n"
                                "  meshdnsctl stub install --server service/meshdns/meshdns\n"
                                "  meshdnsctl stub remove\n");
  add_stub_detect(command);
  add_stub_install(command);
  add_stub_status(command);
  add_stub_remove(command);
  add_stub_restore(command);
  add_stub_verify(command);
}

}  // namespace meshdns
