#include "cmd/daemon.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

#include "cmd/control_queue.h"
#include "cmd/cookie_file.h"
#include "cmd/duration.h"
#include "cmd/entry_sources.h"
#include "cmd/event_loop.h"
#include "cmd/logging.h"
#include "cmd/zone_files.h"
#include "server/admin.h"
#include "server/cookies.h"
#include "server/cpus.h"
#include "zone/catalog.h"
#include "zone/directory.h"

namespace meshdns {
namespace {

/// How long /explain, /zones and transfers wait for the control thread. A relist of 100,000 entries may hold it for longer; a person asks
/// again, and so does a secondary.
constexpr std::chrono::seconds kPatience{1};

int64_t unix_time() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Name servers without addresses get those that we listen on, but for wildcards: they tell nobody where we are.
std::vector<ZoneOptions> with_addresses(std::vector<ZoneOptions> zones, const std::vector<SocketAddress>& listen) {
  std::vector<IpAddress> own;
  for (const SocketAddress& address : listen) {
    const bool known = std::ranges::count(own, address.address) > 0;
    if (!address.address.is_unspecified() && !known) own.push_back(address.address);
  }
  for (ZoneOptions& zone : zones) {
    for (NameServer& nameserver : zone.nameservers) {
      if (nameserver.addresses.empty()) nameserver.addresses = own;
    }
  }
  return zones;
}

bool has_ipv6() {
  const int descriptor = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno != EAFNOSUPPORT;
  close(descriptor);
  return true;
}

/// A process begins with a soft limit, often 1,024, below the connections that we promise to hold.
void raise_open_files(unsigned connections) {
  constexpr rlim_t kOthers = 256;  // sockets of workers, the admin server's and the API's connections, files
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < connections + kOthers) {
    spdlog::warn(
        "at most {} open files: limits.tcpConnections ({}) needs {}; raise the limit of open files (ulimit -Hn)",
        limit.rlim_max, connections, connections + kOthers);
  }
}

void log_lines(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) spdlog::error("{}", line);
}

void exit_at_once(int) { _exit(1); }

class Daemon {
 public:
  Daemon(Config config, std::string version, std::function<Result<Config>()> reload)
      : config_(std::move(config)),
        version_(std::move(version)),
        reload_(std::move(reload)),
        sources_(make_sources(config_.sources)),
        directory_(with_addresses(all_zones(config_), config_.listen), unix_time()),
        catalog_(directory_, sources_, config_.publish),
        questions_(loop_.get()),
        cookies_({random_cookie_secret()}, directory_.epochs()),
        server_(directory_, copy_zone()) {}

  /// Opens everything. The error says what could not be opened, and why.
  std::optional<Error> start() {
    handle_signals();
    raise_open_files(config_.limits.tcp_connections);
    const Config config = has_ipv6() ? config_ : without_ipv6(config_);
    auto entries = EntrySources::open(config_.sources, loop_.get(), catalog_, sources_, programming_);
    if (!entries) return Error{entries.error()};
    entries_ = *std::move(entries);
    auto files = ZoneFiles::open(loop_.get(), directory_, catalog_, config_.sources.empty());
    if (!files) return Error{files.error()};
    zone_files_ = *std::move(files);
    if (!config.cookie_secrets.empty()) {
      auto file = CookieFile::open(&loop_.get(), config.cookie_secrets, cookies_);
      if (!file) return Error{file.error()};
      cookie_file_ = *std::move(file);
    }
    const auto listening = server_.start({.listen = config.listen,
                                          .workers = config.workers == 0 ? usable_cpus() : config.workers,
                                          .limits = config.limits,
                                          .query_log = config.log.queries,
                                          .transfer_allow = config.transfer.allow,
                                          .cookies = &cookies_,
                                          .identity = config.identity});
    if (!listening) return Error{listening.error()};
    for (const SocketAddress& address : *listening) spdlog::info("listening on {} (UDP and TCP)", address.text());
    auto admin = AdminServer::start({config.admin.listen, config.admin.allow}, view());
    if (!admin) return Error{admin.error()};
    admin_ = *std::move(admin);
    spdlog::info("admin on {}", SocketAddress{config.admin.listen.address, admin_->port()}.text());
    zone_files_->start();
    entries_->start();
    loop_.after(config_.source_wait, [this] { give_up_sources(); });
    if (!report_ready()) loop_.after_each_turn([this] { return !report_ready(); });
    return std::nullopt;
  }

  /// Until a signal has ended it.
  void run() {
    loop_.run();
    questions_.close();
    server_.stop();
    entries_.reset();
    zone_files_.reset();
    cookie_file_.reset();
    admin_.reset();
    spdlog::info("stopped");
  }

 private:
  /// For any other thread.
  CopyZone copy_zone() {
    return [this](const Zone& zone) {
      return ZoneCopy::make(zone, directory_.epochs(), [this](std::function<void()> work) {
        return questions_.ask(kPatience, [work = std::move(work)] { return work(), true; }).has_value();
      });
    };
  }

  AdminView view() {
    AdminView view{.version = version_,
                   .directory = directory_,
                   .sources = sources_,
                   .catalog = catalog_.counts(),
                   .programming = programming_,
                   .workers = {},
                   .explain =
                       [this](const Name& name, uint16_t type) {
                         return questions_.ask(kPatience, [this, name, type] { return catalog_.explain(name, type); });
                       },
                   .copy_zone = copy_zone()};
    for (const auto& counters : server_.counters()) view.workers.push_back(counters.get());
    return view;
  }

  void handle_signals() {
    loop_.on_signal(SIGTERM, [this] { begin_lame_duck("SIGTERM"); });
    loop_.on_signal(SIGINT, [this] { begin_lame_duck("SIGINT"); });
    loop_.on_signal(SIGHUP, [this] { read_configuration_again(); });
  }

  void begin_lame_duck(const char* signal) {
    // A handler of its own, not the default action, which the kernel withholds from a container's first process.
    std::signal(SIGTERM, exit_at_once);
    std::signal(SIGINT, exit_at_once);
    spdlog::info("{}: not ready any more, stopping in {}", signal, format_duration(config_.lameduck));
    admin_->set_shutting_down();
    loop_.after(config_.lameduck, [this] { loop_.stop(); });
  }

  void read_configuration_again() {
    if (cookie_file_) cookie_file_->check();
    zone_files_->read_again();
    entries_->release_withdrawals();
    const auto config = reload_();
    if (!config) {
      log_lines(config.error());
      return spdlog::error("SIGHUP: the configuration is wrong; the one from before stays");
    }
    std::string applied;
    std::string waiting;
    for (const std::string& key : changed_keys(config_, *config)) {
      std::string& list = key == "log.level" || key == "lameduck" ? applied : waiting;
      list += (list.empty() ? "" : ", ") + key;
    }
    config_.log.level = config->log.level;
    config_.lameduck = config->lameduck;
    Logging::set_level(config_.log.level);
    spdlog::info("SIGHUP: the configuration is valid; changed and applied: {}", applied.empty() ? "nothing" : applied);
    if (!waiting.empty()) spdlog::warn("SIGHUP: changed, and in effect after a restart only: {}", waiting);
  }

  void give_up_sources() {
    for (SourceId id = 0; id < sources_.size(); ++id) {
      if (sources_[id]->required() || sources_[id]->synced()) continue;
      catalog_.give_up(id);
      spdlog::warn(
          "source {}: not synced within sourceWait ({}): names that it alone may have are NXDOMAIN until it has",
          sources_[id]->name(), format_duration(config_.source_wait));
    }
  }

  /// Whether all required sources have synced and all files of zones have been read, which the log learns once.
  bool report_ready() {
    const auto holds_back = [](const auto& source) { return source->required() && !source->synced(); };
    if (std::ranges::any_of(sources_, holds_back)) return false;
    if (!std::ranges::all_of(directory_.zones(), [](const auto& zone) { return zone->loaded(); })) return false;
    for (const auto& zone : directory_.zones()) {
      spdlog::info("ready: zone {} with {} names", zone->apex().text(), zone->names());
    }
    return true;
  }

  // In the order in which they need each other: the loop outlives all that hangs on it.
  EventLoop loop_;
  Config config_;
  const std::string version_;
  const std::function<Result<Config>()> reload_;
  Sources sources_;
  Directory directory_;
  Catalog catalog_;
  ProgrammingDuration programming_;
  ControlQueue questions_;
  Cookies cookies_;
  Server server_;
  std::unique_ptr<AdminServer> admin_;
  std::unique_ptr<EntrySources> entries_;
  std::unique_ptr<ZoneFiles> zone_files_;
  std::unique_ptr<CookieFile> cookie_file_;
};

}  // namespace

int run_daemon(Config config, const std::string& version, const std::function<Result<Config>()>& reload) {
  spdlog::info("meshdns {}", version);
  Daemon daemon(std::move(config), version, reload);
  if (const auto error = daemon.start()) {
    log_lines(error->message);
    return 1;
  }
  daemon.run();
  return 0;
}

}  // namespace meshdns
