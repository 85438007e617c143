#include "cmd/ctl/progress.h"

#include <unistd.h>

#include <cstdio>

namespace meshdns {
namespace {

constexpr std::chrono::milliseconds kOnTerminal{200};
constexpr std::chrono::milliseconds kElsewhere{10'000};

}  // namespace

Progress::Progress()
    : terminal_(isatty(STDERR_FILENO) == 1),
      due_(std::chrono::steady_clock::now() + (terminal_ ? kOnTerminal : kElsewhere)) {}

Progress::~Progress() {
  if (terminal_ && shown_) std::fputs("\r\x1b[K", stderr);
}

void Progress::show(const std::string& line) {
  std::fprintf(stderr, terminal_ ? "\r%s\x1b[K" : "%s\n", line.c_str());
  std::fflush(stderr);
  shown_ = true;
  due_ = std::chrono::steady_clock::now() + (terminal_ ? kOnTerminal : kElsewhere);
}

}  // namespace meshdns
