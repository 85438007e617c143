#include "cmd/ctl/output_flag.h"

#include <CLI/CLI.hpp>

#include "cmd/ctl/stop.h"

namespace meshdns {

void add_output_flag(CLI::App& command, std::string& output) {
  command.add_option("-o,--output", output, "text, json or yaml; without it, text")->type_name("FORM");
}

OutputForm form_or_stop(const std::string& output) {
  return value_or_stop(parse_output_form(output), kUsage, "--output: ");
}

}  // namespace meshdns
