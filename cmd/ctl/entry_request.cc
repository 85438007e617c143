#include "cmd/ctl/entry_request.h"

#include <algorithm>

#include "cmd/ctl/command.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

void add_list(CtlCommand& command, const char* flag, std::vector<std::string>& values, const char* type,
              const std::string& description) {
  command.repeated(flag, values, description + "; may be repeated", type);
}

/// Adds it, as --gateway has it.
void add_gateway(const std::string& text, std::string_view address, std::vector<EntryEndpoint>& gateways) {
  auto gateway = value_or_stop(parse_gateway_address(address), kUsage, "--gateway: ");
  if (std::ranges::count(gateways, gateway) > 0) stop(kUsage, "--gateway: found " + quote(text) + " twice");
  gateways.push_back(std::move(gateway));
}

/// [CONTEXT=]HOST[:PORT]
void read_gateway(const std::string& text, std::vector<ServingName>& serving) {
  for (ServingName& name : serving) {
    const std::string prefix = name.context + "=";
    if (text.starts_with(prefix)) return add_gateway(text, std::string_view(text).substr(prefix.size()), name.gateways);
  }
  if (serving.size() == 1) return add_gateway(text, text, serving.front().gateways);
  stop(kUsage, "--gateway: found " + quote(text) + ", expected CONTEXT=HOST[:PORT], CONTEXT one of " +
                   joined(serving, [](const ServingName& name) { return quote(name.context); }));
}

void read_serving(const CreateFlags& flags, EntryRequest& request) {
  if (!flags.ports.empty()) stop(kUsage, "--from-context and --port: expected one of them, as the Service has ports");
  if (!flags.endpoints.empty()) stop(kUsage, "--from-context and --endpoint: expected one of them");
  for (size_t i = 0; i + 1 < flags.from_context.size(); i += 2) {
    ServingName name = parse_serving_name(flags.from_context[i], flags.from_context[i + 1]);
    if (std::ranges::count(request.serving, name.context, &ServingName::context) > 0) {
      stop(kUsage, "--from-context: found " + quote(name.context) + " twice, expected each cluster once");
    }
    request.serving.push_back(std::move(name));
  }
  for (const std::string& text : flags.gateways) read_gateway(text, request.serving);
}

/// What the flags say of where the service is.
void read_place(const CreateFlags& flags, EntryRequest& request) {
  if (!flags.from_context.empty()) return read_serving(flags, request);
  EntryWish& wish = request.wish;
  for (const std::string& text : flags.ports) {
    wish.ports.push_back(value_or_stop(parse_entry_port(text), kUsage, "--port: "));
  }
  for (const std::string& text : flags.endpoints) {
    auto endpoint = value_or_stop(parse_endpoint_address(text), kUsage, "--endpoint: ");
    if (std::ranges::count(wish.endpoints, endpoint) > 0) stop(kUsage, "--endpoint: found " + quote(text) + " twice");
    wish.endpoints.push_back(std::move(endpoint));
  }
  for (const std::string& text : flags.gateways) add_gateway(text, text, wish.endpoints);
  if (wish.ports.empty() || wish.endpoints.empty()) {
    stop(kUsage,
         "expected --port NAME:NUMBER/PROTOCOL, and --endpoint ADDRESS or --gateway HOST[:PORT]; or --from-context "
         "CONTEXT "
         "NAMESPACE/SERVICE, which reads them");
  }
  if (const auto error = check_ports(wish.ports)) stop(kUsage, "--port: " + error->message);
  wish.service = wish.host.name + "." + wish.host.name_space + ".svc.cluster.local";
}

std::vector<VipPool> pools_of(const CreateFlags& flags) {
  std::vector<VipPool> pools;
  for (const std::string& text : flags.pools) {
    pools.push_back(value_or_stop(VipPool::parse(text), kUsage, "--pool: "));
    const auto same = [&](const VipPool& other) { return other.is_v4() == pools.back().is_v4(); };
    if (std::ranges::count_if(pools, same) > 1) {
      stop(kUsage, "--pool: found two of one family, expected one IPv4 pool and one IPv6 pool at most");
    }
  }
  if (pools.empty()) pools.push_back(*VipPool::parse(kDefaultPool));
  return pools;
}

std::optional<IpAddress> address_of(const CreateFlags& flags) {
  if (flags.address == "auto") return std::nullopt;
  if (!flags.pools.empty()) stop(kUsage, "--address and --pool: expected one of them");
  const auto address = parse_reachable_address(flags.address);
  if (!address) stop(kUsage, "--address: found " + quote(flags.address) + ", expected auto or an IP address");
  const auto block = *IpBlock::parse(address->text());
  if (const auto taken = reserved(block)) {
    stop(kUsage, "--address: " + address->text() + " is in " + text(taken->block) + ": " + taken->why);
  }
  return *address;
}

}  // namespace

void add_ledger_flag(CtlCommand& command, std::string& context) {
  command.option(
      "--ledger-context", context,
      "The context of the cluster whose ConfigMap meshdns-vips has everybody's virtual addresses; without it, "
      "the first --context",
      "NAME");
}

void add_create_flags(CtlCommand& command, CreateFlags& flags) {
  command.option("HOST", flags.host, "NAME.NAMESPACE.ZONE: by which name clients are to know the service", "");
  command.repeated_pair(
      "--from-context", flags.from_context,
      "The context of a cluster that serves it, and its Service there: ports, gateway and localities are "
      "read from it; may be repeated, with a Service of the same ports",
      "CONTEXT NAMESPACE/SERVICE");
  add_list(command, "--port", flags.ports, "NAME:NUMBER/PROTOCOL", "A port, such as http:8000/http");
  add_list(
      command, "--endpoint", flags.endpoints, "ADDRESS",
      "Where its servers are: an IP address or host name that clients reach directly, in plain text unless there is "
      "a gateway, too");
  add_list(command, "--gateway", flags.gateways, "[CONTEXT=]HOST[:PORT]",
           "A serving cluster's gateway, which passes mTLS on; without PORT, 15443; with --from-context, instead of "
           "what is read there");
  command.option("--address", flags.address,
                 "Its virtual address; without it, auto: the one that it has or had, else one of the pool", "auto|IP");
  add_list(command, "--pool", flags.pools, "CIDR",
           "Where virtual addresses are taken from, one of each family that has a pool, such as fd6b:98c1:7a1d::/112; "
           "without it, 240.0.0.0/16");
  add_ledger_flag(command, flags.ledger_context);
  command.option("--sni", flags.sni,
                 "By which name the gateway is asked: service, which needs nothing there but hosts *.local, or global, "
                 "which needs the entry there and hosts *.global; without it, service",
                 "service|global");
  add_mesh_cluster_flags(command, flags, "the host's second label");
  add_mesh_change_flags(command, flags);
  add_output_flag(command, flags.output);
}

EntryRequest entry_request(const CreateFlags& flags) {
  EntryRequest request;
  request.wish.host = host_or_stop(flags.host, flags.name_space);
  request.wish.sni = value_or_stop(parse_sni(flags.sni), kUsage, "--sni: ");
  read_place(flags, request);
  if (request.wish.sni == Sni::kGlobal && request.serving.empty() && !request.wish.has_gateway()) {
    stop(kUsage, "--sni global: expected --gateway HOST[:PORT] or --from-context, as only gateways go by it");
  }
  request.address = address_of(flags);
  request.pools = pools_of(flags);
  check_ledger_flag(flags, flags.ledger_context);
  return request;
}

void check_ledger_flag(const MeshFlags& flags, const std::string& ledger_context) {
  if (!flags.on_files() || ledger_context.empty()) return;
  stop(kUsage, "--ledger-context and --file: expected one of them, as the files' entries have the addresses");
}

MeshHost host_or_stop(const std::string& text, const std::string& name_space) {
  if (text.empty()) stop(kUsage, "expected a host, NAME.NAMESPACE.ZONE such as a.bar.global");
  MeshHost host = value_or_stop(parse_mesh_host(text), kUsage);
  if (!name_space.empty() && name_space != host.name_space) {
    stop(kUsage, "--namespace: found " + quote(name_space) + ", expected " + host.name_space +
                     ", which the host says: claims: namespace gives a host to its own namespace alone");
  }
  return host;
}

}  // namespace meshdns
