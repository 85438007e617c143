#include "cmd/unknown_argument.h"

#include <CLI/CLI.hpp>
#include <string_view>
#include <vector>

#include "cmd/text_value.h"
#include "zone/nearest.h"

namespace meshdns {
namespace {

std::string nearest_of(const std::string& word, const std::vector<std::string>& known) {
  return std::string(nearest(word, std::vector<std::string_view>(known.begin(), known.end())));
}

}  // namespace

Error unknown_argument(const CLI::App& app, const std::string& argument) {
  std::vector<std::string> known;
  if (argument.starts_with('-')) {
    for (const CLI::Option* option : app.get_options()) {
      if (option->nonpositional()) known.push_back("--" + option->get_lnames().front());
    }
    const std::string word = argument.substr(0, argument.find('='));
    return Error{"found the unknown flag " + quote(word) + ", the nearest known one is " + nearest_of(word, known)};
  }
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  if (!known.empty()) {
    return Error{"found the unknown command " + quote(argument) + ", the nearest known one is " +
                 nearest_of(argument, known)};
  }
  const auto positionals = app.get_options([](const CLI::Option* option) { return option->get_positional(); });
  return Error{"found the argument " + quote(argument) + ", expected " +
               (positionals.empty() ? "flags alone" : "nothing behind " + positionals.back()->get_name())};
}

}  // namespace meshdns
