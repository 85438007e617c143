#include "k8s/api/file.h"

#include <optional>

#include "zone/regular_file.h"

namespace meshdns {
namespace {

constexpr size_t kMaxBytes = 1 << 20;

}  // namespace

Result<std::string> read_small_file(const std::string& path) {
  std::optional<FileStamp> stamp;
  auto text = read_regular_file(path, kMaxBytes, stamp);
  if (!text) return Error{"cannot read " + path + ": " + text.error()};
  if (text->size() > kMaxBytes) return Error{path + " is larger than 1 MiB"};
  return text;
}

}  // namespace meshdns
