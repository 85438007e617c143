#include "k8s/api/list_decoder.h"

#include <simdjson.h>

#include "k8s/api/object_handler.h"

namespace meshdns {
namespace {

namespace ondemand = simdjson::ondemand;

// All of these throw simdjson_error where the page is not what it should be.

void deliver_items(ondemand::value items, const ListDecoder::Sink& sink) {
  if (items.is_null()) return;  // how Go writes an empty list
  for (auto item : items.get_array()) {
    ondemand::object object = item.get_object();
    const std::string_view json = object.raw_json();
    if (json.size() > ObjectHandler::kMaxObject) throw simdjson::simdjson_error(simdjson::CAPACITY);
    sink(json);
  }
}

ListPage read_metadata(ondemand::object metadata) {
  ListPage page;
  page.resource_version = std::string(std::string_view(metadata["resourceVersion"].get_string()));
  std::string_view next;
  if (metadata["continue"].get_string().get(next) == simdjson::SUCCESS) page.next = next;
  return page;
}

// In the order in which the fields come, as the items are too many to go back over them.
ListPage decode_page(ondemand::document& document, const ListDecoder::Sink& sink) {
  ListPage page;
  for (auto field : document.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == "items") deliver_items(field.value(), sink);
    if (key == "metadata") page = read_metadata(field.value().get_object());
  }
  if (page.resource_version.empty()) throw simdjson::simdjson_error(simdjson::NO_SUCH_FIELD);
  return page;
}

}  // namespace

struct ListDecoder::Parser {
  ondemand::parser parser;
};

ListDecoder::ListDecoder() : parser_(std::make_unique<Parser>()) {}
ListDecoder::~ListDecoder() = default;
ListDecoder::ListDecoder(ListDecoder&&) noexcept = default;
ListDecoder& ListDecoder::operator=(ListDecoder&&) noexcept = default;

Result<ListPage> ListDecoder::decode(std::string& body, const Sink& sink) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  try {
    ondemand::document document = parser_->parser.iterate(body.data(), body.size(), body.capacity());
    return decode_page(document, sink);
  } catch (const simdjson::simdjson_error& error) {
    return Error{std::string("cannot read a list: ") + error.what()};
  }
}

}  // namespace meshdns
