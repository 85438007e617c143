#include "cmd/ctl/route_flags.h"

#include <algorithm>

#include "cmd/ctl/command.h"
#include "cmd/ctl/output_flag.h"
#include "cmd/ctl/stop.h"
#include "k8s/mesh/shell_word.h"

namespace meshdns {

void add_route_flags(CtlCommand& command, RouteFlags& flags, const std::string& match) {
  command.option("HOST", flags.host,
                 "The host that clients call: a name such as a.bar.global, or a Service beside the objects", "",
                 CtlCommand::kRequired);
  command.option("--match", flags.match, match, "MATCH");
}

void add_weight_flags(CtlCommand& command, RouteFlags& flags) {
  command.option("DEST=WEIGHT", flags.destinations,
                 "HOST[:PORT][/SUBSET]=WEIGHT: a destination, and its share of the requests", "",
                 CtlCommand::kRequired);
}

void add_route_change_flags(CtlCommand& command, RouteFlags& flags) {
  add_mesh_cluster_flags(command, flags, "the host's, else the context's");
  add_mesh_change_flags(command, flags);
  add_output_flag(command, flags.output);
}

std::string route_command(const std::string& verb, const std::string& host, const std::vector<WeightedDestination>& to,
                          const RouteMatch& match) {
  std::string command = "meshdnsctl route " + verb + " " + host;
  for (const auto& [destination, weight] : to) command += " " + destination.text() + "=" + std::to_string(weight);
  return command + match.flag();
}

std::string RouteWish::command() const { return route_command(verb, host, to, {}) + where; }

std::string RouteWish::requests() const {
  return "requests to " + host + (match.is_any() ? "" : " for " + match.text());
}

RouteWish wish_of(const RouteFlags& flags, const std::string& verb) {
  RouteWish wish{verb, "", {}, value_or_stop(parse_route_match(flags.match), kUsage, "--match: "), "", ""};
  const auto add = [](std::string& line, const char* flag, const std::string& value) {
    if (!value.empty()) line.append(" ").append(flag).append(" ").append(shell_word(value));
  };
  for (const std::string& context : flags.contexts) add(wish.where, "--context", context);
  for (const std::string& file : flags.files) add(wish.where, "--file", file);
  add(wish.in_each, "-n", flags.name_space);
  add(wish.in_each, "--kubeconfig", flags.kubeconfig);
  wish.where += wish.in_each;
  const auto host = value_or_stop(parse_destination(flags.host), kUsage, "HOST: ");
  if (host.port || !host.subset.empty())
    stop(kUsage, "HOST: found " + host.text() + ", expected " + host.host + " alone");
  wish.host = host.host;
  for (const std::string& text : flags.destinations) {
    auto to = value_or_stop(parse_weighted_destination(text), kUsage);
    if (std::ranges::count(wish.to, to.destination, &WeightedDestination::destination) > 0) {
      stop(kUsage, "found " + to.destination.text() + " twice, expected one weight for it");
    }
    wish.to.push_back(std::move(to));
  }
  return wish;
}

}  // namespace meshdns
