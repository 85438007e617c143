#pragma once

// The files of zones: read at the start, and again when one of them or what it includes changes. Read on libuv's thread pool, applied
// on the control thread: all of a file, or nothing. A file that is broken or gone is logged, once for each new reason, and what was
// served before stays.
//
// Threads: the control thread alone.

#include <memory>
#include <string>
#include <vector>

#include "zone/result.h"
#include "zone/zone.h"
#include "zone/zone_file.h"

struct uv_loop_s;

namespace meshdns {

class Catalog;
class Directory;

/// How a zone's file is read. `alone`: there are no sources, so that each file is a whole zone.
ZoneFileOptions zone_file_options(const ZoneOptions& zone, bool alone);

class ZoneFiles {
 public:
  /// The error: a zone's file is not there. All that is given must outlive it.
  static Result<std::unique_ptr<ZoneFiles>> open(uv_loop_s& loop, const Directory& directory, Catalog& catalog,
                                                 bool alone);

  /// Forgets what is being read; the loop must run until that has ended.
  ~ZoneFiles();

  /// Reads all files, and watches them from now on.
  void start();

  /// Reads all files again.
  void read_again();

 private:
  class Watched;
  explicit ZoneFiles(std::vector<std::unique_ptr<Watched>> zones);

  std::vector<std::unique_ptr<Watched>> zones_;
};

}  // namespace meshdns
