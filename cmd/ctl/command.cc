#include "cmd/ctl/command.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "cmd/ctl/help.h"
#include "cmd/ctl/stop.h"

namespace meshdns {

CtlCommand CtlCommand::add(const std::string& name, const std::string& description, const std::string& examples) {
  CLI::App& app = *app_.add_subcommand(name, description);
  set_help(app, examples);
  app.allow_extras();  // what is unknown is named, with its nearest, when all is parsed
  app_.require_subcommand(0, 1);
  return {app, chosen_};
}

void CtlCommand::flag(const std::string& name, bool& value, const std::string& description) {
  app_.add_flag(name, value, description);
}

void CtlCommand::option(const std::string& name, std::string& value, const std::string& description,
                        const std::string& type, Need need) {
  app_.add_option(name, value, description)->type_name(type)->required(need == kRequired);
}

void CtlCommand::option(const std::string& name, std::optional<std::string>& value, const std::string& description,
                        const std::string& type) {
  app_.add_option(name, value, description)->type_name(type);
}

void CtlCommand::option(const std::string& name, std::vector<std::string>& values, const std::string& description,
                        const std::string& type, Need need) {
  app_.add_option(name, values, description)->type_name(type)->required(need == kRequired);
}

void CtlCommand::repeated(const std::string& name, std::vector<std::string>& values, const std::string& description,
                          const std::string& type) {
  app_.add_option(name, values, description)->type_name(type)->allow_extra_args(false);
}

void CtlCommand::repeated_pair(const std::string& name, std::vector<std::string>& values,
                               const std::string& description, const std::string& type) {
  app_.add_option(name, values, description)->type_name(type)->type_size(2)->allow_extra_args(false);
}

void CtlCommand::runs(std::function<Ended()> run) {
  app_.callback([&chosen = chosen_, run = std::move(run)] { chosen = [run] { return ended_by(run); }; });
}

}  // namespace meshdns
