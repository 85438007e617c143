#pragma once

// One configuration, brought to life: its sources, zones, workers and admin endpoints, wired together.
//
// A new configuration is a new instance beside the one that answers. It reads its sources and files first, then listens on the same
// ports, and the one before finishes what is in flight and ends: nobody who asks notices. For that time both hold their zones.
//
//   made ─ open() ─▶ reads ─ listen() ─▶ answers ─ leave() ─▶ finishes ─ finish() ─▶ destroyed
//
// Threads: the control thread alone, but for finish().

#include <memory>
#include <optional>
#include <string>

#include "cmd/config.h"
#include "zone/result.h"

namespace meshdns {

class EventLoop;

class Instance {
 public:
  Instance(EventLoop& loop, Config config, std::string version);
  ~Instance();  // ends what has not ended; the loop has to run once more
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const Config& config() const;

  /// Opens sources, files and the state directory, which may be that of `before`, and begins to read. What `before` publishes by the
  /// same rules from the same source is taken in first; without `before`, the snapshot. The error says what could not be opened, and why.
  std::optional<Error> open(const Instance* before);

  /// Tells the log once that all required sources have synced and all files of zones have been read.
  void log_when_ready();

  /// Lets the snapshot follow what has changed.
  void note_changes();

  /// Writes the snapshot where it has not followed, and waits for that; after finish().
  void keep_snapshot();

  /// What it has to read before it can take the place of `before`, which knows it: sources and zones, for people. Empty: it can.
  std::string lacks(const Instance& before) const;

  /// Whether a thread reads what it holds: it cannot leave yet.
  bool is_read() const;

  /// Opens the ports, and answers; those that `before` has are shared with it until it leaves, and serials go on from its own. The error
  /// names the address.
  std::optional<Error> listen(const Instance* before);

  /// Readiness fails from now on.
  void begin_lame_duck();

  /// Looks at all files now; what changed is read on the loop.
  void check_files();

  /// Carries out mass withdrawals that are held.
  void release_withdrawals();

  /// Whether a kubeconfig says something else by now.
  bool access_changed() const;

  /// Takes over what needs no new instance.
  void adopt(const LogConfig& log, std::chrono::milliseconds lameduck);

  /// Ends everything but those who answer, which take nothing new. `superseded`: another instance listens instead.
  void leave(bool superseded);

  /// Finishes what workers and admin endpoints have in flight, and ends them; may take a second and limits.tcpMessage. Any thread, after
  /// leave().
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meshdns
