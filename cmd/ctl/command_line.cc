#include "cmd/ctl/command_line.h"

#include <CLI/CLI.hpp>
#include <string>
#include <utility>

#include "cmd/ctl/help.h"
#include "cmd/unknown_argument.h"

namespace meshdns {
namespace {

/// The command that was named last: what was not understood is its.
const CLI::App& innermost(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? app : innermost(*named.front());
}

Error with_help(const CLI::App& root, const Error& error) {
  std::string command = root.get_name();
  for (const CLI::App* app = &root; !app->get_subcommands().empty();) {
    app = app->get_subcommands().front();
    command += " " + app->get_name();
  }
  return Error{error.message + "; " + command + " --help shows what there is"};
}

std::function<Ended()> print(std::string text) {
  return [text = std::move(text)] { return Ended{0, text}; };
}

}  // namespace

Result<std::function<Ended()>> parse_ctl_command_line(int argc, const char* const* argv, std::string_view version) {
  CLI::App root{"meshdnsctl asks and prepares what meshdns needs.", "meshdnsctl"};
  set_help(root, "  # Why is this name answered as it is?\n  meshdnsctl explain a.bar.global\n");
  root.set_version_flag("--version", "meshdnsctl " + std::string(version), "Print the version and leave");
  root.allow_extras();
  std::function<Ended()> chosen;
  CtlCommand top(root, chosen);
  add_explain(top);
  add_entry(top);
  add_failover(top);
  add_lint(top);
  add_route(top);
  add_stub(top);
  try {
    root.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return print(root.help());
  } catch (const CLI::CallForVersion& call) {
    return print(std::string(call.what()) + "\n");
  } catch (const CLI::ParseError& error) {
    return with_help(root, Error{error.what()});
  }
  const std::vector<std::string> rest = root.remaining(true);
  if (!rest.empty()) return with_help(root, unknown_argument(innermost(root), rest.front()));
  if (!chosen) return with_help(root, Error{"found no command, expected one"});
  return chosen;
}

}  // namespace meshdns
