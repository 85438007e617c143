#pragma once

// What every command of meshdnsctl is: its flags, hung on the command line, and what it does once they were read.

#include <functional>
#include <optional>
#include <string>
#include <vector>

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

/// A command on the command line: a handle, of use until that is parsed. CLI11 keeps what is told here; who includes its header pays five
/// seconds of compilation for it, so command.cc does for all.
///
/// `name`: "--flag" or "-f,--flag"; without dashes, what the help calls an argument that is known by its place. `type` stands for a value in the
/// help, "" where the name says enough. What is read is written to `value`, which must live until the command has run and holds what is the case
/// without the flag.
class CtlCommand {
 public:
  enum Need { kOptional, kRequired };

  /// `chosen` becomes what the command does that the command line names.
  CtlCommand(CLI::App& app, std::function<Ended()>& chosen) : app_(app), chosen_(chosen) {}

  /// A command below this one. `examples` are lines, each with its end.
  CtlCommand add(const std::string& name, const std::string& description, const std::string& examples);

  void flag(const std::string& name, bool& value, const std::string& description);
  void option(const std::string& name, std::string& value, const std::string& description, const std::string& type,
              Need need = kOptional);
  void option(const std::string& name, std::optional<std::string>& value, const std::string& description,
              const std::string& type);
  /// As many values as follow.
  void option(const std::string& name, std::vector<std::string>& values, const std::string& description,
              const std::string& type, Need need = kOptional);
  /// One value each time that it is there.
  void repeated(const std::string& name, std::vector<std::string>& values, const std::string& description,
                const std::string& type);
  /// Two values each time.
  void repeated_pair(const std::string& name, std::vector<std::string>& values, const std::string& description,
                     const std::string& type);

  /// What the command does; a Stop ends it early.
  void runs(std::function<Ended()> run);

 private:
  CLI::App& app_;
  std::function<Ended()>& chosen_;
};

/// Each adds its command to `root`.
void add_explain(CtlCommand& root);
void add_entry(CtlCommand& root);
void add_failover(CtlCommand& root);
void add_lint(CtlCommand& root);
void add_route(CtlCommand& root);
void add_stub(CtlCommand& root);

}  // namespace meshdns
