#include "cmd/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>
#include <variant>

#include "cmd/config_reader.h"
#include "cmd/text_value.h"
#include "cmd/unknown_argument.h"

namespace meshdns {
namespace {

void add_flags(CLI::App& app, CommandLine& flags) {
  const auto once = [&](const char* name, auto& value, const char* type, const char* help) {
    app.add_option(name, value, help)->type_name(type);
  };
  const auto repeated = [&](const char* name, std::vector<std::string>& values, const char* type, const char* help) {
    app.add_option(name, values, help)->type_name(type)->allow_extra_args(false);
  };
  once("--config", flags.config, "FILE", "The configuration file, or - for standard input; flags override it");
  repeated("--listen", flags.listen, "ADDR:PORT",
           "Answer here over UDP and TCP; port 0 picks a free one. May be repeated");
  repeated("--zone", flags.zones, "NAME", "Serve this zone. May be repeated");
  repeated("--from", flags.from, "kubernetes|PATH",
           "Where ServiceEntries come from: the cluster, or a manifest file or directory. May be repeated: the first "
           "is the local one");
  once("--kubeconfig", flags.kubeconfig, "FILE", "How to reach the cluster; without it, the one that the pod is in");
  once("--context", flags.context, "NAME", "The kubeconfig's context; without it, the current one");
  repeated("--namespace", flags.namespaces, "NS", "Only ServiceEntries of this namespace. May be repeated");
  once("--admin", flags.admin, "ADDR:PORT", "Serve /health, /ready, /metrics, /zones and /explain here over HTTP");
  once("--state", flags.state, "DIR", "Keep the last known data in this directory across restarts");
  once("--workers", flags.workers, "N", "Threads that answer; auto is one a core");
  once("--default-address", flags.default_address, "IP", "What hosts without an address are answered");
  once("--log-level", flags.log_level, "LEVEL", "debug, info, warn or error");
  app.add_flag("--check-config", flags.check_config, "Check the configuration and leave");
}

/// Lays flags over a configuration, and gathers what is wrong with them.
class Overlay {
 public:
  template <class T, class Parse>
  void read(const char* flag, const std::optional<std::string>& text, T& into, const Parse& parse) {
    if (!text) return;
    auto value = parse(*text);
    if (value) {
      into = *std::move(value);
    } else {
      complain(flag, value.error());
    }
  }

  template <class T, class Parse>
  void read_list(const char* flag, const std::vector<std::string>& texts, std::vector<T>& into, const Parse& parse) {
    if (texts.empty()) return;
    into.clear();
    for (const std::string& text : texts) {
      auto value = parse(text);
      if (value) {
        into.push_back(*std::move(value));
      } else {
        complain(flag, value.error());
      }
    }
  }

  void complain(const char* flag, const std::string& found_and_expected) {
    error_.message += (error_.message.empty() ? "" : "\n") + std::string(flag) + ": " + found_and_expected;
  }

  const Error& error() const { return error_; }

 private:
  Error error_;
};

/// The cluster's flags lie over `kubernetes`.
void read_cluster_flags(const CommandLine& flags, KubernetesConfig& kubernetes, Overlay& overlay) {
  kubernetes.kubeconfig = flags.kubeconfig.value_or(kubernetes.kubeconfig);
  kubernetes.context = flags.context.value_or(kubernetes.context);
  overlay.read_list("--namespace", flags.namespaces, kubernetes.namespaces, parse_namespace);
}

/// What `--from` names replaces the file's sources.
void read_from(const CommandLine& flags, std::vector<SourceConfig>& sources, Overlay& overlay) {
  const bool cluster_flags = flags.kubeconfig || flags.context || !flags.namespaces.empty();
  sources.clear();
  for (const std::string& from : flags.from) {
    if (from == "kubernetes") {
      KubernetesConfig kubernetes;
      read_cluster_flags(flags, kubernetes, overlay);
      sources.emplace_back(std::move(kubernetes));
    } else {
      FilesConfig files;
      overlay.read("--from", from, files.path, parse_path);
      sources.emplace_back(std::move(files));
    }
    const auto is_same = [&](const SourceConfig& other) { return source_name(other) == source_name(sources.back()); };
    if (std::any_of(sources.begin(), sources.end() - 1, is_same)) {
      overlay.complain("--from", "found " + quote(from) + " again, expected each source once");
    }
  }
  if (cluster_flags && std::ranges::count(flags.from, "kubernetes") == 0) {
    overlay.complain("--from", "found " + quote(flags.from.front()) +
                                   " beside --kubeconfig, --context or --namespace, expected kubernetes");
  }
}

/// The cluster's flags without `--from` change the file's Kubernetes source; where there is none, the one that they make replaces the
/// sources.
void read_sources(const CommandLine& flags, Config& config, Overlay& overlay) {
  const bool cluster_flags = flags.kubeconfig || flags.context || !flags.namespaces.empty();
  if (flags.from.empty() && !cluster_flags) return;
  std::vector<SourceConfig>& sources = config.sources;
  config.names_sources = true;
  if (!flags.from.empty()) return read_from(flags, sources, overlay);
  const auto is_cluster = [](const SourceConfig& source) { return std::holds_alternative<KubernetesConfig>(source); };
  const auto clusters = std::ranges::count_if(sources, is_cluster);
  if (clusters > 1) {
    return overlay.complain("--kubeconfig, --context, --namespace",
                            "found " + std::to_string(clusters) + " kubernetes sources in the file, expected one");
  }
  if (clusters == 0) sources = {KubernetesConfig()};
  read_cluster_flags(flags, std::get<KubernetesConfig>(*std::ranges::find_if(sources, is_cluster)), overlay);
}

void read_zones(const CommandLine& flags, std::vector<ZoneOptions>& zones, Overlay& overlay) {
  if (flags.zones.empty()) return;
  std::vector<Name> names;
  overlay.read_list("--zone", flags.zones, names, parse_zone_name);
  zones.clear();
  for (const Name& name : names) {
    if (std::ranges::count(zones, name, &ZoneOptions::apex) > 0) {
      overlay.complain("--zone", "found " + quote(name.text()) + " again, expected each zone once");
    }
    zones.push_back(default_zone(name));
  }
}

}  // namespace

Result<CommandLine> parse_command_line(int argc, const char* const* argv, std::string_view version) {
  CommandLine flags;
  CLI::App app{"An authoritative DNS server for the ServiceEntries of service meshes", "meshdns"};
  add_flags(app, flags);
  app.set_version_flag("--version", "meshdns " + std::string(version), "Print the version and leave");
  app.allow_extras();
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    flags.print = app.help();
    return flags;
  } catch (const CLI::CallForVersion& call) {
    flags.print = std::string(call.what()) + "\n";
    return flags;
  } catch (const CLI::ParseError& error) {
    return Error{error.what()};
  }
  const std::vector<std::string> rest = app.remaining();
  if (!rest.empty()) return unknown_argument(app, rest.front());
  return flags;
}

Result<Config> make_config(const CommandLine& flags, std::string_view file_text) {
  auto config = read_config(flags.config, file_text);
  if (!config) return config;
  Overlay overlay;
  overlay.read_list("--listen", flags.listen, config->listen, parse_socket_address);
  read_zones(flags, config->zones, overlay);
  read_sources(flags, *config, overlay);
  overlay.read("--admin", flags.admin, config->admin.listen, parse_socket_address);
  overlay.read("--workers", flags.workers, config->workers, parse_workers);
  if (!flags.state.empty()) config->state = flags.state;
  overlay.read("--log-level", flags.log_level, config->log.level, parse_log_level);
  if (flags.default_address && !flags.default_address->empty()) {
    overlay.read("--default-address", flags.default_address, config->rules.default_address, parse_reachable_address);
    config->rules.without_address = PublishRules::WithoutAddress::kDefault;
  }
  if (config->sources.empty()) {
    for (const ZoneOptions& zone : config->zones) {
      if (!zone.file.empty()) continue;
      overlay.complain("sources",
                       "found none, and no file of the zone " + quote(zone.apex.text()) + ", expected one of them");
    }
  }
  if (!overlay.error().message.empty()) return overlay.error();
  return config;
}

}  // namespace meshdns
