#pragma once

// The cookie secrets of a file, kept up to date: replicas that mount the same Secret know each other's cookies, and a secret rolls
// over without a restart.
//
// Threads: the control thread alone, that of the loop.

#include <memory>
#include <optional>
#include <string>

#include "k8s/api/file_watch.h"
#include "server/cookies.h"
#include "zone/result.h"

namespace meshdns {

class CookieFile {
 public:
  /// Gives `cookies` the secrets in the file at `path`, now and whenever they change. The error: the file cannot be read, or line and
  /// reason. A later one is logged, and the secrets from before stay.
  static Result<std::unique_ptr<CookieFile>> open(uv_loop_t* loop, const std::string& path, Cookies& cookies);

  /// Looks at the file at once.
  void check();

 private:
  CookieFile(uv_loop_t* loop, std::string path, Cookies& cookies);

  void watch();

  /// Takes the secrets over where they are others than at the last look; what is wrong with the file is told once.
  std::optional<std::string> read();

  const std::string path_;
  Cookies& cookies_;
  std::optional<std::string> seen_;  // at the last look: the file, good or bad, or why it could not be read
  FileWatch watch_;
};

}  // namespace meshdns
