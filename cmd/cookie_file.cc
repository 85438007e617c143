#include "cmd/cookie_file.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <filesystem>
#include <utility>

#include "k8s/api/file.h"
#include "server/cookie_secrets.h"

namespace meshdns {
namespace {

/// Mounted Secrets are readable by everybody in the container, which is nobody else: no reason to refuse them.
void warn_of_readers(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0) {
    spdlog::warn("cookies: {} can be read by every user; mode 0400 suffices where this process owns it", path);
  }
}

}  // namespace

CookieFile::CookieFile(uv_loop_t* loop, std::string path, Cookies& cookies)
    : path_(std::move(path)),
      cookies_(cookies),
      watch_(loop, "cookies", FileWatch::kPoll, nullptr, [this] { check(); }) {}

Result<std::unique_ptr<CookieFile>> CookieFile::open(uv_loop_t* loop, const std::string& path, Cookies& cookies) {
  std::unique_ptr<CookieFile> file(new CookieFile(loop, path, cookies));
  if (const auto error = file->read()) return Error{"cookies.secretFile: " + *error};
  warn_of_readers(path);
  file->watch();
  return file;
}

void CookieFile::check() {
  watch();
  if (const auto error = read()) spdlog::error("cookies: {}; the secrets from before stay", *error);
}

void CookieFile::watch() {
  const std::filesystem::path directory = std::filesystem::path(path_).parent_path();
  watch_.watch({directory.empty() ? "." : directory.string()});
}

std::optional<std::string> CookieFile::read() {
  auto content = read_small_file(path_);
  std::string seen = content ? *std::move(content) : content.error();
  if (seen == seen_) return std::nullopt;
  seen_ = std::move(seen);
  if (!content) return seen_;
  const auto secrets = parse_cookie_secrets(path_, *seen_);
  if (!secrets) return secrets.error();
  cookies_.replace(*secrets);
  spdlog::info("cookies: {} secret{} from {}", secrets->size(), secrets->size() == 1 ? "" : "s", path_);
  return std::nullopt;
}

}  // namespace meshdns
