#include "cmd/ctl/request_flags.h"

#include <CLI/CLI.hpp>

#include "cmd/ctl/output_flag.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"

namespace meshdns {
namespace {

constexpr uint32_t kMostPerSecond = 1000;
constexpr std::chrono::seconds kLeastTimeout{1};
constexpr std::chrono::hours kMostTimeout{1};

}  // namespace

void add_url_flag(CLI::App& command, RequestFlags& flags) {
  command.add_option("URL", flags.url, "What is asked for, by GET, each time over a new connection")->required();
}

void add_pace_flags(CLI::App& command, RequestFlags& flags) {
  command.add_option("--rate", flags.rate, "How many a second; without it, " + flags.rate)->type_name("N");
  command.add_option("--timeout", flags.timeout, "How long one of them may take; without it, " + flags.timeout)
      ->type_name("DURATION");
}

void add_sidecar_flags(CLI::App& command, RequestFlags& flags) {
  command
      .add_option("--sidecar", flags.sidecar,
                  std::string("Where the sidecar's admin endpoints are, on loopback; without it, ") + kSidecar)
      ->type_name("URL");
  add_cluster_flags(command, flags.cluster);
  command.add_option("-n,--namespace", flags.name_space, "The namespace of the clients; without it, the context's")
      ->type_name("NAMESPACE");
  add_output_flag(command, flags.output);
}

RequestPlan request_plan(const RequestFlags& flags) {
  const auto url = parse_web_url(flags.url);
  if (!url) stop(kUsage, "URL: found " + quote(flags.url) + ", " + url.error());
  return {*url, value_or_stop(parse_number(flags.rate, 1, kMostPerSecond), kUsage, "--rate: "),
          value_or_stop(parse_duration_within(flags.timeout, kLeastTimeout, kMostTimeout), kUsage, "--timeout: "),
          Sidecar(value_or_stop(parse_sidecar(flags.sidecar), kUsage, "--sidecar: "))};
}

}  // namespace meshdns
