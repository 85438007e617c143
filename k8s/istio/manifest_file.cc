#include "k8s/istio/manifest_file.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>

#include "k8s/istio/manifest.h"

namespace meshdns {
namespace {

/// A file descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

/// An object without a usable identity, to be counted and explained under the name of its place.
ServiceEntry unusable(const std::string& place, const std::string& error) {
  ServiceEntry entry;
  entry.name_space = "default";
  entry.name = shown(place.substr(place.rfind('/') + 1));
  entry.skipped.push_back({SkipReason::kInvalidObject, shown(place), error});
  return entry;
}

}  // namespace

bool ManifestFile::looks_changed() const { return !stamp_ || FileStamp::at(path_) != stamp_; }

void ManifestFile::fail(Source& source, const std::string& error) {
  if (error == error_) return;
  error_ = error;
  source.count_error(SourceError::kFile);
  spdlog::error("source {}: {}; what the file gave before stays as it is", source.name(), error);
}

std::optional<std::string> ManifestFile::content(Source& source) {
  const auto fail_with = [&](const char* reason) {
    fail(source, "cannot read " + path_ + ": " + reason);
    return std::nullopt;
  };
  stamp_.reset();
  const Descriptor file(open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));  // not blocking: it may be a FIFO
  struct stat status {};
  if (file.get() < 0 || fstat(file.get(), &status) != 0) return fail_with(std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return fail_with("it is not a regular file");

  std::string text;
  std::array<char, 64 << 10> part;
  ssize_t length = 0;
  while ((length = ::read(file.get(), part.data(), part.size())) > 0 && text.size() <= kMaxManifest) {
    text.append(part.data(), static_cast<size_t>(length));
  }
  if (length < 0) return fail_with(std::strerror(errno));
  // An edit right behind this reading may leave it looking as it does now.
  if (const FileStamp stamp = FileStamp::of(status); stamp.settled()) stamp_ = stamp;
  return text;
}

std::optional<std::vector<ServiceEntry>> ManifestFile::read(Source& source, bool always) {
  const auto text = content(source);
  if (!text) return std::nullopt;
  const size_t hash = std::hash<std::string>()(*text);
  const bool is_new = !was_read_ || hash != hash_;
  if (!is_new && error_.empty() && !always) return std::nullopt;

  const auto objects = parse_manifest(*text, path_);
  if (!objects) {
    fail(source, objects.error());
    return std::nullopt;
  }
  std::vector<ServiceEntry> entries;
  for (const ManifestObject& object : *objects) {
    if (is_new && object.kind.empty()) {
      spdlog::warn("source {}: {}: passed over, as it has no kind", source.name(), object.place);
    }
    if (!object.is_service_entry()) continue;
    auto entry = parse_service_entry(object.json);
    entries.push_back(entry ? *std::move(entry) : unusable(object.place, entry.error()));
  }
  hash_ = hash;
  was_read_ = true;
  error_.clear();
  return entries;
}

}  // namespace meshdns
