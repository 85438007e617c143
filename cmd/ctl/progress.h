#pragma once

// How far a long command is, on standard error: one line that is written over where that is a terminal, elsewhere a line every 10 s.

#include <chrono>
#include <string>

namespace meshdns {

class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Whether the next line is due: to be asked as often as there is news.
  bool due() const { return std::chrono::steady_clock::now() >= due_; }
  void show(const std::string& line);

 private:
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point due_;
};

}  // namespace meshdns
