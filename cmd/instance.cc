#include "cmd/instance.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>
#include <vector>

#include "cmd/control_queue.h"
#include "cmd/cookie_file.h"
#include "cmd/duration.h"
#include "cmd/entry_sources.h"
#include "cmd/event_loop.h"
#include "cmd/logging.h"
#include "cmd/snapshots.h"
#include "cmd/zone_files.h"
#include "k8s/api/timer.h"
#include "server/admin.h"
#include "server/cookies.h"
#include "server/cpus.h"
#include "zone/catalog.h"
#include "zone/directory.h"
#include "zone/unix_time.h"

namespace meshdns {
namespace {

/// How long /explain, /zones and transfers wait for the control thread. A relist of 100,000 entries may hold it for longer; a person asks
/// again, and so does a secondary.
constexpr std::chrono::seconds kPatience{1};

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

/// The zone with that apex; null where there is none.
const Zone* find_zone(const Directory& directory, const Name& apex) {
  QueryName name;
  name.assign(apex, directory.key());
  const Zone* zone = directory.find(name);
  return zone != nullptr && zone->apex() == apex ? zone : nullptr;
}

}  // namespace

// Members in the order in which they need each other.
struct Instance::State {
  State(EventLoop& loop_of_all, Config configured, std::string version_text)
      : loop(loop_of_all),
        config(std::move(configured)),
        version(std::move(version_text)),
        sources(make_sources(config.sources)),
        directory(with_addresses(all_zones(config), config.listen), unix_now()),
        catalog(directory, sources, config.publish),
        questions(loop.get()),
        cookies({random_cookie_secret()}, directory.epochs()),
        server(directory, copy_zone()),
        source_wait(&loop.get(), [this] { give_up_sources(); }) {}

  /// For any other thread.
  CopyZone copy_zone() {
    return [this](const Zone& zone) {
      return ZoneCopy::make(zone, directory.epochs(), [this](std::function<void()> work) {
        return questions.ask(kPatience, [work = std::move(work)] { return work(), true; }).has_value();
      });
    };
  }

  AdminView view() {
    AdminView view{.version = version,
                   .directory = directory,
                   .sources = sources,
                   .catalog = catalog.counts(),
                   .programming = programming,
                   .snapshot = snapshot_figures,
                   .workers = {},
                   .explain =
                       [this](const Name& name, uint16_t type) {
                         return questions.ask(kPatience, [this, name, type] { return catalog.explain(name, type); });
                       },
                   .copy_zone = copy_zone()};
    for (const auto& counters : server.counters()) view.workers.push_back(counters.get());
    return view;
  }

  void give_up_sources() {
    for (SourceId id = 0; id < sources.size(); ++id) {
      if (sources[id]->required() || sources[id]->settled()) continue;
      catalog.give_up(id);
      spdlog::warn(
          "source {}: not synced within sourceWait ({}): names that it alone may have are NXDOMAIN until it has",
          sources[id]->name(), format_duration(config.source_wait));
    }
  }

  Snapshots::Subject snapshot_subject() {
    const std::string rules = publishing_rules(config);
    return {directory,
            catalog,
            sources,
            config.sources,
            digest_of({reinterpret_cast<const uint8_t*>(rules.data()), rules.size()}),
            entries->identities()};
  }

  void inherit(const State& before);
  void continue_serials(const State& before) const;
  std::optional<Error> start_server(const State* before);
  std::optional<Error> start_admin(const State* before);

  EventLoop& loop;
  Config config;
  const std::string version;
  Sources sources;
  Directory directory;
  Catalog catalog;
  ProgrammingDuration programming;
  ControlQueue questions;
  Cookies cookies;
  Server server;
  std::vector<SocketAddress> listening;
  std::unique_ptr<AdminServer> admin;
  std::unique_ptr<EntrySources> entries;
  std::unique_ptr<ZoneFiles> zone_files;
  std::unique_ptr<CookieFile> cookie_file;
  SnapshotFigures snapshot_figures;
  std::unique_ptr<Snapshots> snapshots;
  Timer source_wait;
  bool ready = false;  // as the log was told
};

/// As from a snapshot: what a source has now takes its place as soon as it has been listed.
void Instance::State::inherit(const State& before) {
  const bool same_rules = publishing_rules(config) == publishing_rules(before.config);
  const std::vector<std::string>& known = before.entries->identities();
  for (SourceId id = 0; id < sources.size(); ++id) {
    const auto found = std::ranges::find(known, entries->identities()[id]);
    if (found == known.end()) continue;
    const auto from = static_cast<SourceId>(found - known.begin());
    const Source& old = *before.sources[from];
    if (old.given_up() && !sources[id]->required()) catalog.give_up(id);
    if (!same_rules || (!old.known() && old.entries() == 0)) continue;
    Batch batch;
    before.catalog.for_each_publication(
        from, [&](Publication publication) { batch.upserts.push_back(std::move(publication)); });
    catalog.apply(id, batch);
    catalog.set_restored(id, old.stale() ? old.restored_at() : unix_now(), old.known());
  }
}

void Instance::State::continue_serials(const State& before) const {
  for (const auto& zone : directory.zones()) {
    if (const Zone* same = find_zone(before.directory, zone->apex())) zone->continue_serial(same->serial());
  }
}

std::optional<Error> Instance::State::start_server(const State* before) {
  const Config usable = has_ipv6() ? config : without_ipv6(config);
  const bool same = before != nullptr && before->config.listen == config.listen;  // a port 0 stays what it became
  auto started = server.start({.listen = same ? before->listening : usable.listen,
                               .workers = config.workers == 0 ? usable_cpus() : config.workers,
                               .limits = config.limits,
                               .query_log = config.log.queries,
                               .transfer_allow = config.transfer.allow,
                               .cookies = &cookies,
                               .identity = config.identity,
                               .before = before == nullptr ? nullptr : &before->server});
  if (!started) return Error{started.error()};
  listening = *std::move(started);
  for (const SocketAddress& address : listening) spdlog::info("listening on {} (UDP and TCP)", address.text());
  return std::nullopt;
}

std::optional<Error> Instance::State::start_admin(const State* before) {
  const SocketAddress address = (has_ipv6() ? config : without_ipv6(config)).admin.listen;
  auto started =
      AdminServer::start({address, config.admin.allow}, view(), before == nullptr ? nullptr : before->admin.get());
  if (!started) return Error{started.error()};
  admin = *std::move(started);
  spdlog::info("admin on {}", SocketAddress{address.address, admin->port()}.text());
  return std::nullopt;
}

Instance::Instance(EventLoop& loop, Config config, std::string version)
    : state_(std::make_unique<State>(loop, std::move(config), std::move(version))) {}

Instance::~Instance() {
  leave(false);
  finish();
}

const Config& Instance::config() const { return state_->config; }

std::optional<Error> Instance::open(const Instance* before) {
  State& s = *state_;
  raise_open_files(s.config.limits.tcp_connections);
  auto entries = EntrySources::open(s.config, s.loop.get(), s.catalog, s.sources, s.programming);
  if (!entries) return Error{entries.error()};
  s.entries = *std::move(entries);
  auto files = ZoneFiles::open(s.loop.get(), s.directory, s.catalog, s.config.sources.empty());
  if (!files) return Error{files.error()};
  s.zone_files = *std::move(files);
  if (!s.config.cookie_secrets.empty()) {
    auto file = CookieFile::open(&s.loop.get(), s.config.cookie_secrets, s.cookies);
    if (!file) return Error{file.error()};
    s.cookie_file = *std::move(file);
  }
  if (!s.config.state.empty()) {
    auto snapshots = Snapshots::open(s.config.state, s.loop.get(), s.snapshot_subject(), s.snapshot_figures);
    if (!snapshots) return Error{snapshots.error()};
    s.snapshots = *std::move(snapshots);
    if (before == nullptr) s.snapshots->restore();
  }
  if (before != nullptr) s.inherit(*before->state_);
  s.zone_files->start();
  s.entries->start();
  s.source_wait.start(s.config.source_wait);
  return std::nullopt;
}

void Instance::log_when_ready() {
  const auto holds_back = [](const auto& source) { return source->required() && !source->known(); };
  const auto zones = state_->directory.zones();
  if (state_->ready || std::ranges::any_of(state_->sources, holds_back)) return;
  if (!std::ranges::all_of(zones, [](const auto& zone) { return zone->loaded(); })) return;
  state_->ready = true;
  for (const auto& zone : zones) spdlog::info("ready: zone {} with {} names", zone->apex().text(), zone->names());
}

void Instance::note_changes() {
  if (state_->snapshots) state_->snapshots->note();
}

void Instance::keep_snapshot() {
  if (state_->snapshots) state_->snapshots->finish();
}

std::string Instance::lacks(const Instance& before) const {
  const State& old = *before.state_;
  std::string missing;
  const auto add = [&](const std::string& what) { missing += (missing.empty() ? "" : ", ") + what; };
  for (const auto& source : state_->sources) {
    const auto same = std::ranges::find(old.sources, source->name(), [](const auto& each) { return each->name(); });
    const bool had = same != old.sources.end();
    // Of a source that was known all must be known again, lest its names vanish.
    const bool enough = had ? source->known() || !(*same)->known() : source->settled();
    if (!enough) add("source " + source->name());
  }
  for (const auto& zone : state_->directory.zones()) {
    if (zone->loaded()) continue;
    const Zone* same = find_zone(old.directory, zone->apex());
    if (same == nullptr || same->loaded()) add("zone " + zone->apex().text());
  }
  return missing;
}

bool Instance::is_read() const { return state_->snapshots && state_->snapshots->reading(); }

std::optional<Error> Instance::listen(const Instance* before) {
  const State* const old = before == nullptr ? nullptr : before->state_.get();
  if (old != nullptr) state_->continue_serials(*old);
  if (auto error = state_->start_server(old)) return error;
  return state_->start_admin(old);
}

void Instance::begin_lame_duck() { state_->admin->set_shutting_down(); }

void Instance::check_files() {
  if (state_->cookie_file) state_->cookie_file->check();
  state_->zone_files->read_again();
}

void Instance::release_withdrawals() { state_->entries->release_withdrawals(); }

bool Instance::access_changed() const { return state_->entries->access_changed(); }

void Instance::adopt(const LogConfig& log, std::chrono::milliseconds lameduck) {
  state_->config.log.level = log.level;
  state_->config.log.format = log.format;
  state_->config.lameduck = lameduck;
  Logging::set(log.level, log.format);
}

void Instance::leave(bool superseded) {
  state_->server.begin_stop(superseded);
  state_->questions.close();
  if (state_->admin) state_->admin->begin_stop();
  state_->source_wait.stop();
  state_->entries.reset();
  state_->zone_files.reset();
  state_->cookie_file.reset();
}

void Instance::finish() {
  if (state_->admin) state_->admin->stop();
  state_->server.stop();
}

}  // namespace meshdns
