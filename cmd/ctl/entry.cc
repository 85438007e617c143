// meshdnsctl entry: services of other clusters by name.

#include "cmd/ctl/entry.h"

#include <CLI/CLI.hpp>

#include "cmd/ctl/help.h"

namespace meshdns {

void add_entry(CLI::App& root, const Choose& choose) {
  CLI::App& app = *root.add_subcommand("entry", "Make services of other clusters known by name");
  set_help(app,
           "  # Call east's service bar/serverservice04 as serverservice04.bar.global, from two other clusters\n"
           "  meshdnsctl entry create serverservice04.bar.global --from-context east bar/serverservice04 --context "
           "west --context north\n"
           "\n"
           "  # Which are there, and which addresses they have\n"
           "  meshdnsctl entry list\n");
  app.require_subcommand(0, 1);
  app.allow_extras();
  add_entry_create(app, choose);
  add_entry_list(app, choose);
  add_entry_delete(app, choose);
  add_lint(app, choose);
}

}  // namespace meshdns
