#pragma once

// A watch stream's bytes → events. The API server ends each event with a newline and has none within it.
// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "zone/result.h"

namespace meshdns {

/// Valid during the call that delivers it; at least simdjson::SIMDJSON_PADDING bytes behind `object` are readable.
struct WatchEvent {
  enum class Type : uint8_t { kUpsert, kDelete, kBookmark, kError };  // ADDED and MODIFIED are the same to a mirror

  Type type;
  std::string_view object;            // JSON; of an ERROR a Status
  std::string_view resource_version;  // of the object; empty for an ERROR
  bool initial_events_end = false;    // a WatchList's bookmark: all that existed has been sent
};

class WatchDecoder {
 public:
  /// Called for each event; false: no further one, the stream is given up.
  using Sink = std::function<bool(const WatchEvent&)>;

  WatchDecoder();
  ~WatchDecoder();

  /// Takes the next bytes of the stream and delivers the events that they complete. The error is what is wrong with the
  /// stream: an event that is not JSON, has no resourceVersion, is of no known type or is larger than
  /// ObjectHandler::kMaxObject.
  std::optional<Error> feed(std::string_view bytes, const Sink& sink);

  /// For the next stream: forgets an unfinished event.
  void reset();

 private:
  struct Parser;

  std::string buffer_;   // an unfinished event
  size_t searched_ = 0;  // bytes of the buffer without a newline
  std::unique_ptr<Parser> parser_;
};

}  // namespace meshdns
