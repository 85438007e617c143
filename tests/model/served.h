#pragma once

// Zones as our server serves them: from their master files to the octets of a response, in this process.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tests/model/record.h"

namespace meshdns::model {

class Served {
 public:
  /// `spelling`: see master_file(). Throws what the server says where it does not take a file.
  Served(const std::vector<Zone>& zones, uint64_t spelling);
  ~Served();
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  /// Valid until the next.
  std::span<const uint8_t> respond(const std::string& query);

 private:
  struct Server;
  std::unique_ptr<Server> server_;
};

}  // namespace meshdns::model
