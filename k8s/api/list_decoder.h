#pragma once

// A page of a list → objects. The caller bounds the page; within it nothing is copied.
// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "zone/result.h"

namespace meshdns {

struct ListPage {
  std::string resource_version;  // of the whole list
  std::string next;              // the token that continues the list; empty: this was the last page
};

class ListDecoder {
 public:
  /// Gets one object; at least simdjson::SIMDJSON_PADDING bytes behind it are readable.
  using Sink = std::function<void(std::string_view json)>;

  ListDecoder();
  ~ListDecoder();
  ListDecoder(ListDecoder&&) noexcept;
  ListDecoder& operator=(ListDecoder&&) noexcept;

  /// Delivers the items of a whole page. `body` only grows its capacity. Items may have been delivered before an error
  /// is found.
  Result<ListPage> decode(std::string& body, const Sink& sink);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace meshdns
