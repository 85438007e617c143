#include "cmd/state_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "zone/regular_file.h"

namespace meshdns {
namespace {

constexpr size_t kLargest = size_t{1} << 30;  // octets: eight million ServiceEntries; what is larger is not ours

Error failure(const std::string& what, const std::string& path) {
  return Error{"cannot " + what + " " + path + ": " + std::strerror(errno)};
}

/// Who we are, as somebody in another container can tell, too: there the process id alone says little.
std::string own_name() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return "process " + std::to_string(getpid()) + " on " + host.data();
}

std::string name_in(int lock) {
  std::array<char, 512> name{};
  const ssize_t size = pread(lock, name.data(), name.size(), 0);
  return size > 0 ? std::string(name.data(), static_cast<size_t>(size)) : "another process";
}

bool sync_directory(const std::string& path) {
  const Descriptor directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory.get() >= 0 && fsync(directory.get()) == 0;
}

}  // namespace

Result<std::shared_ptr<StateDirectory>> StateDirectory::open(const std::string& path) {
  static std::vector<std::weak_ptr<StateDirectory>> in_use;
  std::erase_if(in_use, [](const auto& each) { return each.expired(); });
  for (const auto& each : in_use) {
    std::error_code missing;
    auto ours = each.lock();
    if (ours->path_ == path || std::filesystem::equivalent(ours->path_, path, missing)) return ours;
  }
  auto opened = open_first(path);
  if (opened) in_use.push_back(*opened);
  return opened;
}

Result<std::shared_ptr<StateDirectory>> StateDirectory::open_first(const std::string& path) {
  const std::shared_ptr<StateDirectory> directory(new StateDirectory(path));
  struct stat status {};
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    directory->problem_ = failure("make", path);
    const bool is_wrong = errno == ENOENT || errno == ENOTDIR;
    if (is_wrong) return Error{directory->problem_->message + "; expected a directory, or a path for one"};
    return directory;
  }
  if (stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return Error{"found that " + path + " is no directory, expected one, or a path for one"};
  }
  if (directory->lock() == Lock::kTheirs) return *directory->problem_;
  return directory;
}

/// Whether the lock is still the directory's: who removes the directory removes the lock with it.
bool StateDirectory::locked() const {
  struct stat ours {};
  struct stat there {};
  return fstat(lock_.get(), &ours) == 0 && stat((path_ + "/lock").c_str(), &there) == 0 &&
         ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

StateDirectory::Lock StateDirectory::lock() {
  const std::string path = path_ + "/lock";
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.get() < 0) return conclude(Lock::kNobodys, failure("open", path));
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    const bool in_use = errno == EWOULDBLOCK;
    if (!in_use) return conclude(Lock::kNobodys, failure("lock", path));
    return conclude(Lock::kTheirs, Error{"found " + path_ + " in use by " + name_in(file.get()) +
                                         ", expected a directory that no other process uses"});
  }
  // On a full disk it stays without a name: the lock is what counts.
  const std::string name = own_name();
  if (ftruncate(file.get(), 0) == 0) [[maybe_unused]]
    const ssize_t size = pwrite(file.get(), name.data(), name.size(), 0);
  lock_ = std::move(file);
  return conclude(Lock::kOurs, std::nullopt);
}

StateDirectory::Lock StateDirectory::conclude(Lock lock, std::optional<Error> problem) {
  const std::lock_guard guard(telling_);
  problem_ = std::move(problem);
  return lock;
}

std::optional<Error> StateDirectory::problem() const {
  const std::lock_guard guard(telling_);
  return problem_;
}

Result<std::optional<std::string>> StateDirectory::read() const {
  struct stat status {};
  if (stat(file().c_str(), &status) != 0 && errno == ENOENT) return std::optional<std::string>();
  std::optional<FileStamp> stamp;
  auto octets = read_regular_file(file(), kLargest, stamp);
  if (!octets) return Error{octets.error()};
  return std::optional(*std::move(octets));
}

std::optional<Error> StateDirectory::write(std::span<const uint8_t> octets) {
  const std::lock_guard guard(writing_);
  mkdir(path_.c_str(), 0700);  // fails where it is there, as it should be
  if (!locked() && lock() != Lock::kOurs) return problem();
  const std::string aside = file() + ".new";
  if (auto error = write_aside(aside, octets)) {
    unlink(aside.c_str());  // on a full disk the others need the room
    return error;
  }
  if (rename(aside.c_str(), file().c_str()) != 0) return failure("rename", aside);
  if (!sync_directory(path_)) return failure("sync", path_);
  return std::nullopt;
}

std::optional<Error> StateDirectory::write_aside(const std::string& path, std::span<const uint8_t> octets) const {
  // Never into what is there already: a FIFO would hold us up, and a link would lead elsewhere.
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return failure("remove", path);
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.get() < 0) return failure("open", path);
  while (!octets.empty()) {
    const ssize_t size = ::write(file.get(), octets.data(), octets.size());
    if (size < 0 && errno != EINTR) return failure("write", path);
    if (size > 0) octets = octets.subspan(static_cast<size_t>(size));
  }
  if (fsync(file.get()) != 0) return failure("sync", path);
  return std::nullopt;
}

}  // namespace meshdns
