#include "cmd/ctl/help.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

namespace meshdns {
namespace {

class KubectlHelp : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    return app->get_description() + "\n\nExamples:\n" + app->get_footer() + make_subcommands(app, mode) +
           make_groups(app, mode) + "\n" + make_usage(app, std::move(name));
  }
};

}  // namespace

void set_help(CLI::App& app, const std::string& examples) {
  constexpr size_t kColumn = 24;  // where descriptions begin
  const auto formatter = std::make_shared<KubectlHelp>();
  formatter->column_width(kColumn);
  formatter->label("OPTIONS", "FLAGS");
  formatter->label("SUBCOMMAND", "COMMAND");
  app.formatter(formatter);
  app.footer(examples);
  app.group("Commands");
  app.option_defaults()->group("Flags");
  app.set_help_flag("-h,--help", "Print this and leave");
}

}  // namespace meshdns
