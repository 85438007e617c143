#include "cmd/daemon.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "cmd/duration.h"
#include "cmd/event_loop.h"
#include "cmd/instance.h"
#include "k8s/api/timer.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

void log_lines(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) spdlog::error("{}", line);
}

void exit_at_once(int) { _exit(1); }

/// How long a new configuration may wait for its sources before the log says so, and again.
constexpr std::chrono::seconds kPatience{30};

/// Whether the running instance can take the key over.
bool applies_at_once(const std::string& key) { return key == "log.level" || key == "log.format" || key == "lameduck"; }

class Daemon {
 public:
  Daemon(Config config, std::string version, std::function<Result<Config>()> reload)
      : version_(std::move(version)),
        reload_(std::move(reload)),
        instance_(std::make_unique<Instance>(loop_, std::move(config), version_)) {}

  /// Opens everything. The error says what could not be opened, and why.
  std::optional<Error> start() {
    handle_signals();
    if (auto error = instance_->open(nullptr)) return error;
    if (auto error = instance_->listen(nullptr)) return error;
    loop_.after_each_turn([this] {
      instance_->log_when_ready();
      instance_->note_changes();
      if (successor_ && !leaving_ && !instance_->is_read() && successor_->lacks(*instance_).empty()) take_over();
      return true;
    });
    return std::nullopt;
  }

  /// Until a signal has ended it.
  void run() {
    loop_.run();
    successor_.reset();
    while (leaving_) loop_.turn();
    instance_->leave(false);
    instance_->finish();
    instance_->keep_snapshot();
    instance_.reset();
    spdlog::info("stopped");
  }

 private:
  void handle_signals() {
    loop_.on_signal(SIGTERM, [this] { begin_lame_duck("SIGTERM"); });
    loop_.on_signal(SIGINT, [this] { begin_lame_duck("SIGINT"); });
    loop_.on_signal(SIGHUP, [this] { read_configuration_again(); });
  }

  void begin_lame_duck(const char* signal) {
    // A handler of its own, not the default action, which the kernel withholds from a container's first process.
    std::signal(SIGTERM, exit_at_once);
    std::signal(SIGINT, exit_at_once);
    const auto lameduck = instance_->config().lameduck;
    spdlog::info("{}: not ready any more, stopping in {}; a second signal stops at once", signal,
                 format_duration(lameduck));
    successor_.reset();
    instance_->begin_lame_duck();
    ending_ = true;
    loop_.after(lameduck, [this] { loop_.stop(); });
  }

  void read_configuration_again() {
    if (ending_) return;
    instance_->check_files();
    auto config = reload_();
    if (!config) {
      log_lines(config.error());
      return spdlog::error("SIGHUP: the configuration is wrong; the one from before stays");
    }
    successor_.reset();
    instance_->release_withdrawals();
    std::vector<std::string> changed = changed_keys(instance_->config(), *config);
    if (instance_->access_changed()) changed.emplace_back("the access to a cluster");
    if (std::ranges::all_of(changed, applies_at_once)) {
      instance_->adopt(config->log, config->lameduck);
      return spdlog::info("SIGHUP: the configuration is valid; changed and applied: {}",
                          changed.empty() ? "nothing" : joined(changed));
    }
    changed_ = joined(changed);
    auto successor = std::make_unique<Instance>(loop_, *std::move(config), version_);
    if (const auto error = successor->open(instance_.get())) return keep(*error);
    spdlog::info("SIGHUP: the configuration is valid; sources and files are being read for it; changed: {}", changed_);
    successor_ = std::move(successor);
    waiting_.start(kPatience);
  }

  void report_waiting() {
    if (!successor_) return;
    spdlog::warn("SIGHUP: the new configuration waits for {}; the one from before is in effect; changed: {}",
                 successor_->lacks(*instance_), changed_);
    waiting_.start(kPatience);
  }

  /// The successor answers, and the instance before it finishes what it has in flight.
  void take_over() {
    auto successor = std::move(successor_);
    if (const auto error = successor->listen(instance_.get())) return keep(*error);
    const LogConfig log = successor->config().log;
    successor->adopt(log, successor->config().lameduck);
    leaving_ = std::exchange(instance_, std::move(successor));
    leaving_->leave(true);
    loop_.aside([this] { leaving_->finish(); },
                [this, changed = changed_] {
                  leaving_.reset();
                  spdlog::info("SIGHUP: the new configuration is in effect; changed: {}", changed);
                });
  }

  void keep(const Error& error) {
    log_lines(error.message);
    spdlog::error("SIGHUP: the new configuration cannot be applied; the one from before stays");
  }

  EventLoop loop_;  // outlives all that hangs on it
  const std::string version_;
  const std::function<Result<Config>()> reload_;
  std::unique_ptr<Instance> instance_;   // answers
  std::unique_ptr<Instance> successor_;  // reads, to answer instead
  std::unique_ptr<Instance> leaving_;    // answered before, and finishes
  Timer waiting_{&loop_.get(), [this] { report_waiting(); }};
  std::string changed_;  // the keys in which the successor differs, for the log
  bool ending_ = false;
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
