#pragma once

// What a command line names to be read: a file, a pipe, as the shell's <(…) is one, or `-` for standard input. Any thread; it waits.

#include <chrono>
#include <string>

#include "zone/result.h"

namespace meshdns {

/// Up to its end, at most 1 MiB. A pipe that has nothing for as long as `patience` is an error: who writes it may have died, or never
/// come. The error names the input and the reason.
Result<std::string> read_input(const std::string& path, std::chrono::milliseconds patience = std::chrono::seconds(30));

/// The same, but no more than its first `most` octets.
Result<std::string> read_up_to(const std::string& path, size_t most,
                               std::chrono::milliseconds patience = std::chrono::seconds(30));

/// Whether it can be read but once, as all but files.
bool is_read_once(const std::string& path);

}  // namespace meshdns
