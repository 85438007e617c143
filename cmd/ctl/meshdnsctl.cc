// meshdnsctl: the companion of meshdns.

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <exception>

#include "cmd/ctl/command_line.h"

namespace meshdns {
namespace {

int fail(int code, const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  return code;
}

int run(int argc, const char* const* argv) {
  const auto command = parse_ctl_command_line(argc, argv, MESHDNS_VERSION);
  if (!command) return fail(kUsage, command.error());
  const Ended ended = (*command)();
  const std::string printed = ended.result + (ended.code == 0 ? ended.text : "");
  const size_t written = std::fwrite(printed.data(), 1, printed.size(), stdout);
  if (written != printed.size() || std::fflush(stdout) != 0) return kFailed;
  std::fputs(ended.notes.c_str(), stderr);
  return ended.code == 0 || ended.text.empty() ? ended.code : fail(ended.code, ended.text);
}

}  // namespace
}  // namespace meshdns

int main(int argc, char** argv) {
  try {
    // Standard output is the command's result alone.
    spdlog::set_default_logger(spdlog::stderr_logger_mt("meshdnsctl"));
    spdlog::set_pattern("%l: %v");
    spdlog::set_level(spdlog::level::warn);
    return meshdns::run(argc, argv);
  } catch (const std::exception& error) {
    return meshdns::fail(meshdns::kFailed, error.what());
  }
}
