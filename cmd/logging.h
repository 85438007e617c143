#pragma once

// The program's log: spdlog's default logger, on standard error, one line a record.
//
// Writing happens on a thread of its own. When standard error takes nothing and the queue is full, the oldest records are lost:
// nobody who logs ever waits.

#include <memory>
#include <string>

#include "cmd/config.h"

namespace spdlog {
class logger;
}

namespace meshdns {

/// Text: `2026-01-31T12:00:00.000Z info listening on …`. JSON: an object with time (RFC 3339, UTC), level and message. Control
/// characters are escaped in both: what comes from outside cannot forge a line.
class Logging {
 public:
  Logging(LogLevel level, LogFormat format);
  ~Logging();  // writes what is queued
  Logging(const Logging&) = delete;
  Logging& operator=(const Logging&) = delete;

  /// Any thread.
  static void set(LogLevel level, LogFormat format);

 private:
  std::shared_ptr<spdlog::logger> logger_;  // ours to the end: it must outlive the writing thread
};

/// One record as the log has it, without the line's end. `time` is in RFC 3339.
std::string format_record(LogFormat format, const std::string& time, const std::string& level,
                          const std::string& message);

}  // namespace meshdns
