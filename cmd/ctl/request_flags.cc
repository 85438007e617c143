#include "cmd/ctl/request_flags.h"

#include "cmd/ctl/command.h"
#include "cmd/ctl/output_flag.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"

namespace meshdns {
namespace {

constexpr uint32_t kMostPerSecond = 1000;
constexpr std::chrono::seconds kLeastTimeout{1};
constexpr std::chrono::hours kMostTimeout{1};

}  // namespace

void add_url_flag(CtlCommand& command, RequestFlags& flags) {
  command.option("URL", flags.url, "What is asked for, by GET, each time over a new connection", "",
                 CtlCommand::kRequired);
}

void add_pace_flags(CtlCommand& command, RequestFlags& flags) {
  command.option("--rate", flags.rate, "How many a second; without it, " + flags.rate, "N");
  command.option("--timeout", flags.timeout, "How long one of them may take; without it, " + flags.timeout, "DURATION");
}

void add_sidecar_flags(CtlCommand& command, RequestFlags& flags) {
  command.option("--sidecar", flags.sidecar,
                 std::string("Where the sidecar's admin endpoints are, on loopback; without it, ") + kSidecar, "URL");
  add_cluster_flags(command, flags.cluster);
  command.option("-n,--namespace", flags.name_space, "The namespace of the clients; without it, the context's",
                 "NAMESPACE");
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
