#pragma once

// A Corefile in a file instead of a cluster: what it becomes is printed, the file stays. What the file alone shows to be wrong is kUsage;
// what this CoreDNS would not load, kRefused.

#include <string>

#include "cmd/ctl/command.h"
#include "cmd/ctl/output.h"
#include "k8s/stub/stub_domain.h"
#include "k8s/stub/stub_text.h"

namespace meshdns {

/// Stops with kUsage where another form than the file's own is asked for.
void require_text(OutputForm form);

/// `file`: - is standard input. `dry_run`: the difference is printed.
Ended install_into_file(const std::string& file, const StubDomain& stub, const CorefileStyle& style, bool dry_run);
Ended remove_from_file(const std::string& file, const Name& zone, bool dry_run);

}  // namespace meshdns
