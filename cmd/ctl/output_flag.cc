#include "cmd/ctl/output_flag.h"

#include "cmd/ctl/command.h"
#include "cmd/ctl/stop.h"

namespace meshdns {

void add_output_flag(CtlCommand& command, std::string& output) {
  command.option("-o,--output", output, "text, json or yaml; without it, text", "FORM");
}

OutputForm form_or_stop(const std::string& output) {
  return value_or_stop(parse_output_form(output), kUsage, "--output: ");
}

}  // namespace meshdns
