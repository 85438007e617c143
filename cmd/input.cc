#include "cmd/input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "cmd/duration.h"
#include "zone/descriptor.h"

namespace meshdns {
namespace {

constexpr size_t kMaxBytes = 1 << 20;
constexpr const char* kStandardInput = "-";
constexpr const char* kStandardInputName = "standard input";

/// Why there is nothing to read; nothing where there is, or an end.
std::optional<std::string> wait_for(int input, std::chrono::milliseconds patience) {
  pollfd readable{input, POLLIN, 0};
  int ready = 0;
  do {
    ready = poll(&readable, 1, static_cast<int>(patience.count()));
  } while (ready < 0 && errno == EINTR);
  if (ready > 0) return std::nullopt;
  if (ready < 0) return std::strerror(errno);
  return "nothing came for " + format_duration(patience) + ", expected what is written, and its end";
}

Result<std::string> read_from(int input, const std::string& name, size_t most, std::chrono::milliseconds patience) {
  std::string text;
  std::array<char, 64 << 10> part;
  while (text.size() < most) {
    if (const auto reason = wait_for(input, patience)) return Error{"cannot read " + name + ": " + *reason};
    const ssize_t length = ::read(input, part.data(), std::min(part.size(), most - text.size()));
    if (length == 0) return text;
    if (length > 0) {
      text.append(part.data(), static_cast<size_t>(length));
    } else if (errno != EAGAIN && errno != EINTR) {
      return Error{"cannot read " + name + ": " + std::strerror(errno)};
    }
  }
  return text;
}

}  // namespace

Result<std::string> read_up_to(const std::string& path, size_t most, std::chrono::milliseconds patience) {
  if (path == kStandardInput) return read_from(STDIN_FILENO, kStandardInputName, most, patience);
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (file.get() < 0) return Error{"cannot read " + path + ": " + std::strerror(errno)};
  return read_from(file.get(), path, most, patience);
}

Result<std::string> read_input(const std::string& path, std::chrono::milliseconds patience) {
  auto text = read_up_to(path, kMaxBytes + 1, patience);
  if (!text || text->size() <= kMaxBytes) return text;
  return Error{(path == kStandardInput ? std::string(kStandardInputName) : path) + " is larger than 1 MiB"};
}

bool is_read_once(const std::string& path) {
  struct stat status {};
  return path == kStandardInput || (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode));
}

}  // namespace meshdns
