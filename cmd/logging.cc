#include "cmd/logging.h"

#include <spdlog/async.h>
#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cmd/text_value.h"

namespace meshdns {
namespace {

constexpr size_t kQueue =
    8192;  // records, some 2 MB: a burst of the query log; smaller loses more of it, larger only memory

class LineFormatter : public spdlog::formatter {
 public:
  explicit LineFormatter(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& record, spdlog::memory_buf_t& out) override {
    spdlog::memory_buf_t time;
    time_.format(record, time);
    const auto level = spdlog::level::to_string_view(record.level);
    const std::string line = format_record(format_, {time.data(), time.size()}, {level.data(), level.size()},
                                           {record.payload.data(), record.payload.size()});
    out.append(line.data(), line.data() + line.size());
    out.push_back('\n');
  }

  std::unique_ptr<formatter> clone() const override { return std::make_unique<LineFormatter>(format_); }

 private:
  LogFormat format_;
  spdlog::pattern_formatter time_{"%Y-%m-%dT%H:%M:%S.%eZ", spdlog::pattern_time_type::utc, ""};
};

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

}  // namespace

std::string format_record(LogFormat format, const std::string& time, const std::string& level,
                          const std::string& message) {
  if (format == LogFormat::kText) return time + " " + level + " " + escape_controls(message);
  const nlohmann::ordered_json record = {{"time", time}, {"level", level}, {"message", message}};
  return record.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Logging::Logging(LogLevel level, LogFormat format) {
  spdlog::init_thread_pool(kQueue, 1);
  auto logger =
      std::make_shared<spdlog::async_logger>("meshdns", std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                             spdlog::thread_pool(), spdlog::async_overflow_policy::overrun_oldest);
  spdlog::set_default_logger(logger);
  logger_ = std::move(logger);
  set(level, format);
}

Logging::~Logging() {
  spdlog::shutdown();  // joins the writing thread
}

void Logging::set(LogLevel level, LogFormat format) {
  spdlog::default_logger()->set_formatter(std::make_unique<LineFormatter>(format));
  spdlog::set_level(level_of(level));
}

}  // namespace meshdns
