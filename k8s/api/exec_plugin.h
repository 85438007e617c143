#pragma once

// The credential that an exec plugin gives: the plugin is run when there is none, when it has expired, and when the server refused it.
//
// Threads: the loop's alone. What ChildProcess says of the loop's end holds here, too.

#include <functional>
#include <optional>
#include <string>

#include "k8s/api/child_process.h"
#include "k8s/api/exec_credential.h"
#include "zone/result.h"

namespace meshdns {

class ExecPlugin {
 public:
  using Clock = ExecCredential::Clock;

  /// `on_end` is called after each run, from the loop: null, and there is a credential, or why there is none. It may not destroy this.
  ExecPlugin(uv_loop_t* loop, ExecConfig config, std::function<void(const Error*)> on_end)
      : loop_(loop), config_(std::move(config)), on_end_(std::move(on_end)) {}

  /// Whether it has to be run: there is no credential yet, or it has expired, or was refused.
  bool is_due(Clock::time_point now) const;

  /// Runs the plugin, unless it runs already.
  void run();

  /// What it gave last, due or not; null before the first.
  const ExecCredential* credential() const { return credential_ ? &*credential_ : nullptr; }

  /// The server refused the credential.
  void refuse() { refused_ = true; }

 private:
  void ended(const Result<std::string>& output);
  std::optional<Error> take(const Result<std::string>& output);

  uv_loop_t* loop_;
  const ExecConfig config_;
  const std::function<void(const Error*)> on_end_;
  std::optional<ExecCredential> credential_;
  bool refused_ = false;
  std::optional<ChildProcess> run_;
};

}  // namespace meshdns
