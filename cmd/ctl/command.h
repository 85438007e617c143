#pragma once

// What every command of meshdnsctl is: its flags, hung on the command line, and what it does once they were read.

#include <functional>
#include <string>

#include "zone/result.h"

namespace CLI {
class App;
}

namespace meshdns {

/// Exit codes: 0 done, and these.
inline constexpr int kFailed = 1;   // at run time: a server that does not answer, a file that is not there
inline constexpr int kUsage = 2;    // what the command line, or what it names, shows to be wrong
inline constexpr int kRefused = 3;  // what the cluster's state does not allow; the text says what would be right

/// How a command ended. The text goes to standard output, or to standard error where the code is not 0.
struct Ended {
  int code = 0;
  std::string text;
  std::string result{};  // goes to standard output, whatever the code
  std::string notes{};   // lines for standard error, where standard output is for a program
};

/// Who adds a command calls this with what it does; it is called where the command line names that command.
using Choose = std::function<void(std::function<Ended()>)>;

/// Each adds its command to `root`.
void add_explain(CLI::App& root, const Choose& choose);
void add_entry(CLI::App& root, const Choose& choose);
void add_failover(CLI::App& root, const Choose& choose);
void add_lint(CLI::App& root, const Choose& choose);
void add_route(CLI::App& root, const Choose& choose);
void add_stub(CLI::App& root, const Choose& choose);

}  // namespace meshdns
