#include "k8s/api/exec_plugin.h"

#include <utility>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

// Plugins ask servers of their own, and some start a Python for it. Longer: one that hangs is told of late.
constexpr std::chrono::seconds kDeadline{60};

}  // namespace

bool ExecPlugin::is_due(Clock::time_point now) const {
  return !credential_ || refused_ || (credential_->expires && *credential_->expires <= now);
}

void ExecPlugin::run() {
  if (run_) return;
  run_.emplace(loop_, Command{config_.command, config_.arguments, config_.environment}, kDeadline,
               [this](const Result<std::string>& output) { ended(output); });
}

void ExecPlugin::ended(const Result<std::string>& output) {
  run_.reset();
  const auto wrong = take(output);
  on_end_(wrong ? &*wrong : nullptr);
}

std::optional<Error> ExecPlugin::take(const Result<std::string>& output) {
  const std::string who = "the exec plugin " + printable(config_.command) + " ";
  if (!output) {
    const std::string hint = config_.install_hint.empty() ? "" : "; " + printable(config_.install_hint);
    return Error{who + output.error() + hint};
  }
  auto credential = parse_exec_credential(*output, config_.api_version);
  if (!credential) return Error{who + "gave no credential: " + credential.error()};
  credential_ = *std::move(credential);
  refused_ = false;
  if (is_due(Clock::now())) return Error{who + "gave a credential that has expired"};
  return std::nullopt;
}

}  // namespace meshdns
