#include "cmd/ctl/failover_flags.h"

#include "cmd/ctl/command.h"
#include "cmd/ctl/entry_request.h"
#include "cmd/ctl/stop.h"
#include "k8s/mesh/istio_duration.h"
#include "k8s/mesh/shell_word.h"

namespace meshdns {
namespace {

void check_duration(const std::string& flag, const std::string& text) {
  if (!text.empty()) value_or_stop(parse_istio_duration(text), kUsage, flag + ": ");
}

void add_list(CtlCommand& command, const char* flag, std::vector<std::string>& values, const char* type,
              const std::string& description) {
  command.option(flag, values, description + "; may be repeated", type);
}

}  // namespace

void add_failover_flags(CtlCommand& command, FailoverFlags& flags) {
  command.option("HOST", flags.host, "NAME.NAMESPACE.ZONE: a host that entry create has made", "");
  add_mesh_cluster_flags(command, flags, "the host's second label");
  add_mesh_change_flags(command, flags);
  add_output_flag(command, flags.output);
}

void add_failover_wish_flags(CtlCommand& command, FailoverFlags& flags) {
  add_list(
      command, "--distribute", flags.distribute, "LOCALITY=SHARE",
      "Spread the requests over the endpoints' localities instead, such as region1=75 region2=25: 100 in all, and at "
      "least 1 for each");
  add_list(command, "--locality", flags.localities, "ADDRESS=LOCALITY",
           "Where an endpoint is, such as 172.25.55.50=region2/zone1; without it, as its entry, or the cluster's "
           "nodes, say");
  command.flag("--repeatable", flags.repeatable,
               "Requests may be sent twice: try again what a server may have seen, too, and lose none");
  command.option("--per-try-timeout", flags.per_try_timeout,
                 "After what time without an answer to try again; longer than the slowest good answer takes; with "
                 "--repeatable",
                 "DURATION");
  command.option("--connect-timeout", flags.connect_timeout,
                 "After what time without a connection to try again; longer than the slowest one takes; without it, "
                 "Istio's 10s",
                 "DURATION");
  command.option(
      "--sni", flags.sni,
      "By which name the gateways are asked: service, which needs nothing there but hosts *.local, or global, "
      "which needs the entry there and hosts *.global; without it, as the host's DestinationRule has it",
      "service|global");
}

FailoverWish failover_wish(const FailoverFlags& flags) {
  FailoverWish wish{host_or_stop(flags.host, flags.name_space),
                    {},
                    {},
                    {},
                    flags.repeatable,
                    flags.per_try_timeout,
                    flags.connect_timeout};
  if (!flags.sni.empty()) wish.sni = value_or_stop(parse_sni(flags.sni), kUsage, "--sni: ");
  for (const std::string& text : flags.distribute) {
    wish.distribute.push_back(value_or_stop(parse_locality_share(text), kUsage, "--distribute: "));
  }
  if (!wish.distribute.empty()) {
    if (const auto error = check_shares(wish.distribute)) stop(kUsage, "--distribute: " + error->message);
  }
  for (const std::string& text : flags.localities) {
    const auto [address, locality] = value_or_stop(parse_address_locality(text), kUsage, "--locality: ");
    if (wish.localities.emplace(address, locality).second) continue;
    stop(kUsage, "--locality: found " + address + " twice, expected one locality for it");
  }
  check_duration("--per-try-timeout", flags.per_try_timeout);
  check_duration("--connect-timeout", flags.connect_timeout);
  if (!flags.per_try_timeout.empty() && !flags.repeatable) {
    stop(kUsage,
         "--per-try-timeout: expected --repeatable with it, as a request that got no answer in time may have been "
         "carried out");
  }
  return wish;
}

std::string failover_command(const FailoverWish& wish) {
  std::string text = "meshdnsctl failover create " + wish.host.text();
  if (!wish.distribute.empty()) text += " --distribute";
  for (const auto& [locality, share] : wish.distribute) text += " " + locality + "=" + std::to_string(share);
  for (const auto& [address, locality] : wish.localities) text += " --locality " + shell_word(address + "=" + locality);
  if (wish.sni) text += wish.sni == Sni::kGlobal ? " --sni global" : " --sni service";
  if (wish.repeatable) text += " --repeatable";
  if (!wish.per_try_timeout.empty()) text += " --per-try-timeout " + wish.per_try_timeout;
  if (!wish.connect_timeout.empty()) text += " --connect-timeout " + wish.connect_timeout;
  return text;
}

std::string entry_command(const MeshHost& host, const MeshFlags& flags) {
  constexpr size_t kLeast = 2;  // clusters
  std::string from;
  std::string clients;
  for (size_t i = 0; i < std::max(kLeast, flags.contexts.size()); ++i) {
    const bool is_named = i < flags.contexts.size();
    const std::string context = is_named ? shell_word(flags.contexts[i]) : "CONTEXT";
    from += " --from-context " + context + " " + host.name_space + "/" + (is_named ? host.name : "SERVICE");
    if (is_named) clients += " --context " + context;
  }
  return "meshdnsctl entry create " + host.text() + from + clients;
}

}  // namespace meshdns
