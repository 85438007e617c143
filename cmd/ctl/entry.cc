// meshdnsctl entry: services of other clusters by name.

#include "cmd/ctl/entry.h"

#include "cmd/ctl/command.h"

namespace meshdns {

void add_entry(CtlCommand& root) {
  CtlCommand command =
      root.add("entry", "Make services of other clusters known by name",
               "  # Call east's service bar/serverservice04 as serverservice04.bar.global, from two other clusters\n"
               "  meshdnsctl entry create serverservice04.bar.global --from-context east bar/serverservice04 --context "
               "west --context north\n"
               "\n"
               "  # Which are there, and which addresses they have\n"
               "  meshdnsctl entry list\n");
  add_entry_create(command);
  add_entry_list(command);
  add_entry_delete(command);
  add_lint(command);
}

}  // namespace meshdns
