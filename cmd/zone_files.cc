#include "cmd/zone_files.h"

#include <spdlog/spdlog.h>
#include <uv.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "k8s/api/file_watch.h"
#include "zone/catalog.h"
#include "zone/directory.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

/// What distinguishes the records from others: two files that differ in comments alone have the same.
size_t digest(const ZoneRecords& records) {
  size_t value = 0;
  const auto mix = [&value](size_t next) { value = (value ^ next) * 0x9e3779b97f4a7c15 + (value >> 29); };
  const auto text = [](std::span<const uint8_t> octets) {
    return std::string_view(reinterpret_cast<const char*>(octets.data()), octets.size());
  };
  const std::hash<std::string_view> hash;
  for (const auto& [owner, rrsets] : records.owners) {
    mix(hash(text(owner.wire())));
    for (const auto& rrset : rrsets) {
      mix((size_t{rrset.type} << 32) + rrset.ttl);
      for (const auto& rdata : rrset.rdata) mix(hash(text(rdata)));
    }
  }
  return value;
}

size_t count_records(const ZoneRecords& records) {
  size_t count = 0;
  for (const auto& [owner, rrsets] : records.owners) {
    for (const auto& rrset : rrsets) count += rrset.rdata.size();
  }
  return count;
}

/// The SOA's serial; nothing in a part of a zone.
std::optional<uint32_t> serial_of(const ZoneRecords& records, const Name& apex) {
  if (!records.whole) return std::nullopt;
  const auto& rrsets = records.owners.at(apex);
  const auto& rdata = std::ranges::find(rrsets, rr_type::kSoa, &ZoneRecords::Rrset::type)->rdata.front();
  uint32_t serial = 0;
  const size_t at = rdata.size() - 20;  // five numbers of 32 bits end it, of which it is the first
  for (size_t i = 0; i < 4; ++i) serial = serial << 8 | rdata[at + i];
  return serial;
}

/// RFC 1982 §3.2: whether `next` is what a secondary takes for newer than `last`.
bool is_newer(uint32_t next, uint32_t last) { return next != last && next - last < 0x80000000U; }

}  // namespace

ZoneFileOptions zone_file_options(const ZoneOptions& zone, bool alone) {
  return {.apex = zone.apex, .ttl = zone.ttl, .whole = alone};
}

/// One zone's file.
class ZoneFiles::Watched {
 public:
  Watched(uv_loop_t* loop, const Zone& zone, Catalog& catalog, bool alone)
      : loop_(loop),
        zone_(zone),
        catalog_(catalog),
        options_(zone_file_options(zone.options(), alone)),
        watch_(loop, log_name(), FileWatch::kPoll, {}, [this] { check(); }) {}

  ~Watched() {
    if (reading_ == nullptr) return;
    reading_->reader = nullptr;
    uv_cancel(reinterpret_cast<uv_req_t*>(&reading_->request));
  }

  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  void read() {
    again_ = reading_ != nullptr;
    if (again_) return;
    reading_ = new Reading{{}, path(), options_, this, std::nullopt, 0, {}};
    reading_->request.data = reading_;
    const auto work = [](uv_work_t* request) { static_cast<Reading*>(request->data)->run(); };
    const auto done = [](uv_work_t* request, int status) {
      const std::unique_ptr<Reading> reading(static_cast<Reading*>(request->data));
      if (reading->reader != nullptr && status == 0) reading->reader->take(*reading);
    };
    uv_queue_work(loop_, &reading_->request, work, done);
  }

 private:
  /// On its way through the thread pool. Frees itself; its reader may be gone by then.
  struct Reading {
    uv_work_t request;
    const std::string path;
    const ZoneFileOptions options;
    Watched* reader;
    std::optional<Result<ZoneRecords>> records;
    size_t digest;
    std::vector<ZoneFileRead> files;

    void run() {
      records = read_zone_file(path, options, &files);
      if (*records) digest = meshdns::digest(**records);
    }
  };

  const std::string& path() const { return zone_.options().file; }
  std::string log_name() const { return "zone " + zone_.apex().text(); }

  /// In a row that come to nothing because a file has changed meanwhile; the last counts, so that one that always
  /// changes is served as well.
  static constexpr int kMaxStaleReadings = 4;

  void watch() {
    std::set<std::string> directories;
    for (const ZoneFileRead& file : files_) {
      const std::string directory = std::filesystem::path(file.path).parent_path().string();
      directories.insert(directory.empty() ? "." : directory);
    }
    watch_.watch(directories);
  }

  bool any_changed() const {
    return std::ranges::any_of(files_, [](const ZoneFileRead& file) { return FileStamp::at(file.path) != file.stamp; });
  }

  void check() {
    watch();
    const bool all_settled = std::ranges::all_of(files_, &ZoneFileRead::settled);
    if (!all_settled || any_changed()) read();
  }

  void take(Reading& done) {
    reading_ = nullptr;
    files_ = std::move(done.files);
    watch();
    const bool is_stale = any_changed();
    if (is_stale && ++stale_readings_ < kMaxStaleReadings) return read();
    stale_readings_ = 0;
    if (*done.records) {
      apply(**std::move(done.records), done.digest);
    } else {
      fail(done.records->error());
    }
    if (again_ || is_stale) read();
  }

  void fail(const std::string& error) {
    if (error == error_) return;
    error_ = error;
    spdlog::error("{}: {}; {}", log_name(), error,
                  digest_ ? "what was served before stays" : "it is not served before the file is right");
  }

  void apply(ZoneRecords records, size_t digest) {
    const bool was_broken = !std::exchange(error_, {}).empty();
    if (digest_ == digest) {
      if (was_broken) spdlog::info("{}: {} is good again, and as it was before", log_name(), path());
      return;
    }
    digest_ = digest;
    const size_t names = records.owners.size();
    const size_t count = count_records(records);
    const auto serial = serial_of(records, zone_.apex());
    if (serial && serial_ && !is_newer(*serial, *serial_)) {
      spdlog::warn("{}: {} has changed, and its serial has not increased: {} after {}; secondaries will not see it",
                   log_name(), path(), *serial, *serial_);
    }
    serial_ = serial;
    catalog_.set_zone_records(zone_.index(), std::move(records));
    spdlog::info("{}: {} records of {} names read from {}, serial {}", log_name(), count, names, path(),
                 zone_.serial());
  }

  uv_loop_t* const loop_;
  const Zone& zone_;
  Catalog& catalog_;
  const ZoneFileOptions options_;
  FileWatch watch_;
  Reading* reading_ = nullptr;  // owns itself
  bool again_ = false;          // a change came while it was being read
  int stale_readings_ = 0;      // in a row
  std::vector<ZoneFileRead> files_;
  std::string error_;               // that was logged last; empty after a good reading
  std::optional<size_t> digest_;    // of the records that are served
  std::optional<uint32_t> serial_;  // of their SOA, if any
};

ZoneFiles::ZoneFiles(std::vector<std::unique_ptr<Watched>> zones) : zones_(std::move(zones)) {}

ZoneFiles::~ZoneFiles() = default;

Result<std::unique_ptr<ZoneFiles>> ZoneFiles::open(uv_loop_s& loop, const Directory& directory, Catalog& catalog,
                                                   bool alone) {
  std::vector<std::unique_ptr<Watched>> zones;
  for (const auto& zone : directory.zones()) {
    const std::string& path = zone->options().file;
    if (path.empty()) continue;
    if (!FileStamp::at(path)) {
      return Error{"zone " + zone->apex().text() + ": cannot read " + path + ": " + std::strerror(errno) +
                   "; expected a zone file"};
    }
    zones.push_back(std::make_unique<Watched>(&loop, *zone, catalog, alone));
  }
  return std::unique_ptr<ZoneFiles>(new ZoneFiles(std::move(zones)));
}

void ZoneFiles::start() { read_again(); }

void ZoneFiles::read_again() {
  for (const auto& zone : zones_) zone->read();
}

}  // namespace meshdns
