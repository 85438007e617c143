#pragma once

// What a person is told who mistyped a flag or a command.

#include <string>

#include "zone/result.h"

namespace CLI {
class App;
}

namespace meshdns {

/// The argument that `app` knows nothing of, and its nearest flag or command.
Error unknown_argument(const CLI::App& app, const std::string& argument);

}  // namespace meshdns
