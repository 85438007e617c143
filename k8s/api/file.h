#pragma once

// Small files that hold credentials: kubeconfigs, tokens, certificates.

#include <cstddef>
#include <string>

#include "zone/result.h"

namespace meshdns {

/// The content of a regular file (or a link to one, as in a mounted Secret) of at most 1 MiB; never waits for the writer of a FIFO. The
/// error names the file and the reason.
Result<std::string> read_small_file(const std::string& path);

}  // namespace meshdns
