// meshdns: an authoritative DNS server for the ServiceEntries of service meshes.

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include "cmd/command_line.h"
#include "cmd/daemon.h"
#include "cmd/input.h"
#include "cmd/logging.h"
#include "cmd/zone_files.h"
#include "k8s/api/credentials.h"

namespace meshdns {
namespace {

constexpr int kRuntimeFailure = 1;
constexpr int kUsage = 2;

int fail(int code, const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  return code;
}

Result<std::string> read_file(const CommandLine& flags) {
  return flags.config.empty() ? Result<std::string>(std::string()) : read_input(flags.config);
}

/// `before`: the text at the start.
Result<Config> reload(const CommandLine& flags, const std::string& before) {
  const auto text = is_read_once(flags.config) ? Result<std::string>(before) : read_file(flags);
  if (!text) return Error{text.error()};
  return make_config(flags, *text);
}

bool in_a_cluster() {
  const auto access = in_cluster_access();
  return !access || access->has_value();  // one that cannot be used is told at the start
}

/// What --check-config tells: the zones' files are a part of the configuration.
int check(const Config& config) {
  std::string errors;
  for (const ZoneOptions& zone : config.zones) {
    if (zone.file.empty()) continue;
    const auto records = read_zone_file(zone.file, zone_file_options(zone, config.sources.empty()));
    if (!records) errors += (errors.empty() ? "" : "\n") + records.error();
  }
  if (!errors.empty()) return fail(kUsage, errors);
  return std::puts("the configuration is valid") < 0 ? kRuntimeFailure : 0;
}

int run(int argc, const char* const* argv) {
  const auto flags = parse_command_line(argc, argv, MESHDNS_VERSION);
  if (!flags) return fail(kUsage, flags.error() + "; meshdns --help shows all flags");
  if (!flags->print.empty()) return std::fputs(flags->print.c_str(), stdout) < 0 ? kRuntimeFailure : 0;

  const auto text = read_file(*flags);
  if (!text) return fail(kRuntimeFailure, text.error());
  const auto config = make_config(*flags, *text);
  if (!config) return fail(kUsage, config.error());
  if (flags->check_config) return check(*config);
  if (!config->names_sources && !in_a_cluster()) {
    return fail(
        kUsage,
        "found no source of ServiceEntries and no cluster around this process, expected --from PATH for manifests, "
        "--kubeconfig FILE for a cluster, or sources: in the configuration");
  }
  const Logging logging(config->log.level, config->log.format);
  return run_daemon(*config, MESHDNS_VERSION, [&] { return reload(*flags, *text); });
}

}  // namespace
}  // namespace meshdns

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of write()
  try {
    return meshdns::run(argc, argv);
  } catch (const std::exception& error) {
    return meshdns::fail(meshdns::kRuntimeFailure, error.what());
  }
}
