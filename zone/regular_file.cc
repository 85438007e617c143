#include "zone/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "zone/descriptor.h"

namespace meshdns {

Result<std::string> read_regular_file(const std::string& path, size_t most, std::optional<FileStamp>& stamp) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (file.get() < 0 || fstat(file.get(), &status) != 0) return Error{std::strerror(errno)};
  stamp = FileStamp::of(status);
  if (!S_ISREG(status.st_mode)) return Error{"it is not a regular file"};

  std::string text;
  const size_t part = std::clamp<size_t>(static_cast<size_t>(status.st_size), 4 << 10, 1 << 20);
  for (ssize_t length = 1; length > 0 && text.size() <= most;) {
    const size_t size = text.size();
    text.resize(size + part);
    length = ::read(file.get(), text.data() + size, part);
    if (length < 0) return Error{std::strerror(errno)};
    text.resize(size + static_cast<size_t>(length));
  }
  return text;
}

}  // namespace meshdns
