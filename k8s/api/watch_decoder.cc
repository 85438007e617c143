#include "k8s/api/watch_decoder.h"

#include <simdjson.h>

#include "k8s/api/object_handler.h"

namespace meshdns {
namespace {

namespace ondemand = simdjson::ondemand;

std::optional<WatchEvent::Type> type_of(std::string_view text) {
  if (text == "ADDED" || text == "MODIFIED") return WatchEvent::Type::kUpsert;
  if (text == "DELETED") return WatchEvent::Type::kDelete;
  if (text == "BOOKMARK") return WatchEvent::Type::kBookmark;
  if (text == "ERROR") return WatchEvent::Type::kError;
  return std::nullopt;
}

bool ends_initial_events(ondemand::object& object) {
  std::string_view value;
  const auto error = object["metadata"]["annotations"]["k8s.io/initial-events-end"].get_string().get(value);
  return error == simdjson::SUCCESS && value == "true";
}

// Throws simdjson_error where the event is not what it should be.
WatchEvent decode(ondemand::document& document) {
  const auto type = type_of(document["type"].get_string());
  if (!type) throw simdjson::simdjson_error(simdjson::INCORRECT_TYPE);
  WatchEvent event{*type, {}, {}, false};
  ondemand::object object = document["object"].get_object();
  if (event.type != WatchEvent::Type::kError) {
    event.resource_version = object["metadata"]["resourceVersion"].get_string();
    if (event.resource_version.empty()) throw simdjson::simdjson_error(simdjson::NO_SUCH_FIELD);
  }
  if (event.type == WatchEvent::Type::kBookmark) event.initial_events_end = ends_initial_events(object);
  object.reset();
  event.object = object.raw_json();
  return event;
}

}  // namespace

struct WatchDecoder::Parser {
  ondemand::parser parser;
};

WatchDecoder::WatchDecoder() : parser_(std::make_unique<Parser>()) {}
WatchDecoder::~WatchDecoder() = default;

void WatchDecoder::reset() {
  buffer_.clear();
  searched_ = 0;
}

std::optional<Error> WatchDecoder::feed(std::string_view bytes, const Sink& sink) {
  buffer_.append(bytes);
  buffer_.reserve(buffer_.size() + simdjson::SIMDJSON_PADDING);
  size_t begin = 0;
  for (size_t end; (end = buffer_.find('\n', searched_)) != std::string::npos; begin = searched_ = end + 1) {
    if (end == begin) continue;
    try {
      ondemand::document document =
          parser_->parser.iterate(buffer_.data() + begin, end - begin, buffer_.capacity() - begin);
      if (!sink(decode(document))) return std::nullopt;
    } catch (const simdjson::simdjson_error& error) {
      return Error{std::string("cannot read a watch event: ") + error.what()};
    }
  }
  buffer_.erase(0, begin);
  searched_ = buffer_.size();
  if (searched_ > ObjectHandler::kMaxObject) return Error{"a watch event of more than 4 MiB"};
  return std::nullopt;
}

}  // namespace meshdns
