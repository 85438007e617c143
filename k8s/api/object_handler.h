#pragma once

// Where a reflector delivers the objects of one resource.
//
// Every call comes on the control thread, never from within another call of the same reflector. `json` is one whole
// object as the API server sent it (valid UTF-8, not otherwise validated), at most kMaxObject bytes. It is valid during
// the call only, and at least simdjson::SIMDJSON_PADDING bytes behind it are readable: simdjson may parse it in place,
// without a copy:
//
//   parser.iterate(json, json.size() + simdjson::SIMDJSON_PADDING)
//
// A list comes in one of two ways, paged LIST or streaming WatchList, and looks the same here:
//
//   list_begins  upsert*  flush  upsert*  flush …  list_ends  flush        then for good: (upsert | remove)* flush …
//
// A list may be broken off; then list_begins comes again before anything else, and what was delivered meanwhile still
// holds. An object may be delivered again as it was; removing an object that was never delivered is nothing.

#include <cstddef>
#include <string_view>

namespace meshdns {

class ObjectHandler {
 public:
  static constexpr size_t kMaxObject = 4 << 20;  // bytes; etcd holds 1.5 MiB an object, JSON escapes may swell it

  virtual ~ObjectHandler() = default;

  /// A list of all objects begins: those that are not delivered until list_ends() are gone. Nothing is gone yet.
  virtual void list_begins() = 0;

  /// The object exists, with this content.
  virtual void upsert(std::string_view json) = 0;

  /// The object was deleted; `json` is its last state.
  virtual void remove(std::string_view json) = 0;

  /// The list is complete: mark and sweep ends here.
  virtual void list_ends() = 0;

  /// All that has arrived so far has been delivered: the moment to apply a batch.
  virtual void flush() = 0;
};

}  // namespace meshdns
