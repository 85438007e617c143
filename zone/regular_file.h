#pragma once

// The content of regular files. Any thread.

#include <cstddef>
#include <optional>
#include <string>

#include "zone/file_stamp.h"
#include "zone/result.h"

namespace meshdns {

/// Reads the file at `path` until its end, or until it has more than `most` octets: what is larger is cut off there. Never waits for a
/// writer, as a FIFO would have it. The error is the bare reason. `stamp` becomes that of the file before it was read; where none could
/// be opened it stays.
Result<std::string> read_regular_file(const std::string& path, size_t most, std::optional<FileStamp>& stamp);

}  // namespace meshdns
