#pragma once

// Help in kubectl's form: what a command does, examples, its flags, its usage.

#include <string>

namespace CLI {
class App;
}

namespace meshdns {

/// For a command and, as its own, for those added to it later. `examples` are lines, each with its end.
void set_help(CLI::App& app, const std::string& examples);

}  // namespace meshdns
