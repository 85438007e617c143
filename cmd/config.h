#pragma once

// The configuration as the program uses it: plain values, all of them valid, with the defaults that a user gets who says nothing.
// The keys are those of the YAML file.

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "k8s/istio/publish_rules.h"
#include "server/identity.h"
#include "server/server.h"
#include "zone/address.h"
#include "zone/catalog.h"
#include "zone/name.h"
#include "zone/zone.h"

namespace meshdns {

/// The zone as it is when nothing but its name is known. The name is one that parse_zone_name() accepts.
ZoneOptions default_zone(const Name& name);

struct KubernetesConfig {
  std::string cluster = "kubernetes";     // what the cluster is called in /explain, /ready and metrics
  std::string kubeconfig{};               // a file; empty: the cluster that the pod is in
  std::string context{};                  // empty: the kubeconfig's current one
  std::vector<std::string> namespaces{};  // empty: all
  bool required = false;                  // for readiness; the local source is in any case

  bool operator==(const KubernetesConfig&) const = default;
};

struct FilesConfig {
  std::string path;  // a manifest or a directory of them
  bool required = false;

  bool operator==(const FilesConfig&) const = default;
};

using SourceConfig = std::variant<KubernetesConfig, FilesConfig>;

/// What the source is called: its cluster, or its path.
const std::string& source_name(const SourceConfig& source);

struct AdminConfig {
  AdminConfig();

  SocketAddress listen;
  std::vector<IpBlock> allow;  // who may read /zones and /explain

  bool operator==(const AdminConfig&) const = default;
};

struct TransferConfig {
  std::vector<IpBlock> allow;  // who may transfer zones

  bool operator==(const TransferConfig&) const = default;
};

enum class LogLevel : uint8_t { kDebug, kInfo, kWarn, kError };
enum class LogFormat : uint8_t { kText, kJson };

struct LogConfig {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
  QueryLog queries = QueryLog::kNone;

  bool operator==(const LogConfig&) const = default;
};

struct Config {
  Config();

  std::vector<SocketAddress> listen;
  unsigned workers = 0;            // 0: one a core that the container may use
  std::vector<ZoneOptions> zones;  // a name server without addresses: the listening ones that are not wildcards
  std::vector<SourceConfig>
      sources;                 // the local one first, then in order; empty: none, zones come from their files alone
  bool names_sources = false;  // they are what the file or a flag names, not the default
  std::chrono::milliseconds source_wait{
      60'000};  // how long an optional source that has never synced holds back negative answers
  CatalogOptions publish;
  PublishRules rules;  // the rest of publish; zones and sources have not added to it yet
  TransferConfig transfer;
  ServerLimits limits;
  std::string cookie_secrets;  // a file; empty: a random secret of this process
  Identity identity;
  AdminConfig admin;
  LogConfig log;
  std::string state;  // a directory; empty: nothing is kept across restarts
  std::chrono::milliseconds lameduck{5'000};
};

/// The same for a host whose kernel has no IPv6, where [::] means none of its addresses, or 0.0.0.0 where it stands for both
/// families: the defaults name it, and a server without IPv6 is better than none.
Config without_ipv6(Config config);

/// config.rules with what the zones answer, for one of the sources.
PublishRules publish_rules(const Config& config, SourceId source);

/// The configured zones and, behind them, those that publish.reverse makes us own, which are as the first configured one is.
std::vector<ZoneOptions> all_zones(const Config& config);

/// What zones and publish say about what an object publishes, or what follows from it, as a text: under another one it may be something
/// else.
std::string publishing_rules(const Config& config);

/// The keys ("listen", "log.format", …) in which two configurations differ.
std::vector<std::string> changed_keys(const Config& before, const Config& after);

}  // namespace meshdns
