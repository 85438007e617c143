#include "k8s/api/file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace meshdns {
namespace {

constexpr size_t kMaxBytes = 1 << 20;

Error unreadable(const std::string& path) { return Error{"cannot read " + path + ": " + std::strerror(errno)}; }

}  // namespace

Result<std::string> read_small_file(const std::string& path) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
  if (!file) return unreadable(path);
  std::string content;
  std::array<char, 16384> part;
  while (const size_t length = std::fread(part.data(), 1, part.size(), file.get())) {
    content.append(part.data(), length);
    if (content.size() > kMaxBytes) return Error{path + " is larger than 1 MiB"};
  }
  if (std::ferror(file.get()) != 0) return unreadable(path);
  return content;
}

}  // namespace meshdns
