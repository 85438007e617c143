#include "cmd/snapshots.h"

#include <spdlog/spdlog.h>
#include <uv.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>

#include "zone/holding.h"
#include "zone/unix_time.h"

namespace meshdns {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kSlice = 10'000;  // publications that are taken in at a time: some MB, unpacked

// By so much the serials that are kept are ahead of those that are served: more than the steps of an interval, 3,000 changes a second.
// With fewer a crash may take a serial back, and secondaries wait for it; with more it runs farther from the Unix time.
constexpr uint32_t kSerialsAhead = 100'000;

/// All that is written, as it is at one moment.
struct Image {
  SnapshotHead head;
  std::vector<SnapshotSource> sources;
  std::vector<const Holding*> holdings;

  std::vector<uint8_t> encode() {
    std::ranges::sort(holdings, {}, &Holding::source);
    size_t octets = 0;
    for (const Holding* holding : holdings) {
      ++sources[holding->source].publications;
      octets += holding->size;
    }
    SnapshotWriter writer(head, sources.size(), octets);
    auto next = holdings.begin();
    for (const SnapshotSource& source : sources) {
      writer.source(source);
      for (uint32_t i = 0; i < source.publications; ++i) writer.publication((*next++)->publication());
    }
    return writer.finish();
  }
};

}  // namespace

struct Snapshots::State {
  /// On its way through the thread pool: an image, then octets, then on the disk.
  struct Writing {
    Image image;
    uint64_t version;  // of the catalog
    std::vector<uint8_t> octets{};
    std::optional<Error> error{};
  };

  State(uv_loop_t& event_loop, std::shared_ptr<StateDirectory> state_directory, Subject what,
        SnapshotFigures& all_figures)
      : loop(event_loop), directory(std::move(state_directory)), subject(std::move(what)), figures(all_figures) {
    uv_timer_init(&loop, &timer);
    timer.data = this;
    request.data = this;
  }

  void restore();
  void restore(const Snapshot& snapshot);
  void apply(const Snapshot& snapshot, size_t from, SourceId to);
  void refuse(const std::string& why);
  void report_fresh();
  bool settled() const {
    return std::ranges::all_of(subject.sources, [](const auto& source) { return source->settled(); });
  }
  void schedule();
  int64_t as_of(SourceId id, int64_t now) const;
  void take();
  void begin();
  void begin_save();
  std::string outlook() const;
  void end();
  void release();
  void close();
  void encode() { writing->octets = writing->image.encode(); }
  void save() { writing->error = directory->write(writing->octets); }
  static State& of(uv_work_t* work) { return *static_cast<State*>(work->data); }

  uv_loop_t& loop;
  uv_timer_t timer{};
  uv_work_t request{};
  std::shared_ptr<StateDirectory> directory;
  const Subject subject;
  SnapshotFigures& figures;
  std::vector<const Source*> stale;  // those whose syncing has not been logged
  std::optional<Writing> writing;
  bool reading = false;    // the copy of the holdings is in use
  bool abandoned = false;  // only what is being written is still there
  uint64_t written = 0;    // the catalog's version then; 0: it had nothing
  bool any = false;        // has been written, or read
  bool last = false;       // what is written now is written at the end
  Clock::time_point next = Clock::now() + kInterval;
  std::string failed;  // the error that was logged last; empty after a good write
};

// Taking in ----------------------------------------------------------------------------------------------------------

void Snapshots::State::refuse(const std::string& why) {
  figures.refused.fetch_add(1, std::memory_order_relaxed);
  spdlog::error("state: refused {}: {}; nothing is known before the sources have been read", directory->file(), why);
}

void Snapshots::State::restore() {
  auto octets = directory->read();
  if (!octets) return refuse(octets.error());
  if (!*octets) return spdlog::info("state: found no {}, starting without", directory->file());
  const auto snapshot = Snapshot::read(**std::move(octets));
  if (!snapshot) return refuse(snapshot.error());
  if (snapshot->head().shape != subject.shape) {
    return refuse("it was written under other zones or publish, expected those of the configuration");
  }
  restore(*snapshot);
}

void Snapshots::State::restore(const Snapshot& snapshot) {
  for (size_t from = 0; from < snapshot.sources().size(); ++from) {
    const SnapshotSource& source = snapshot.sources()[from];
    const auto same = std::ranges::find(subject.identities, source.identity);
    if (same == subject.identities.end()) {
      spdlog::warn("state: dropped {} ServiceEntries of {}: it is no source any more", source.publications,
                   source.identity);
      continue;
    }
    const auto to = static_cast<SourceId>(same - subject.identities.begin());
    apply(snapshot, from, to);
    subject.catalog.set_restored(to, source.as_of, source.whole);
    stale.push_back(subject.sources[to].get());
    spdlog::warn("source {}: stale until it has synced: {} ServiceEntries as of {}, from {}{}", stale.back()->name(),
                 source.publications, rfc3339(source.as_of), directory->file(),
                 source.whole ? "" : ", which has not all of them");
  }
  const auto zones = subject.directory.zones();
  for (const SnapshotHead::Serial& last : snapshot.head().serials) {
    const auto zone = std::ranges::find(zones, last.apex, [](const auto& each) { return each->apex(); });
    if (zone != zones.end()) (*zone)->continue_serial(last.serial);
  }
  figures.taken.store(snapshot.head().taken, std::memory_order_relaxed);
  written = subject.catalog.version();
  any = true;
}

void Snapshots::State::apply(const Snapshot& snapshot, size_t from, SourceId to) {
  Batch batch;
  snapshot.for_each(from, [&](Publication publication) {
    batch.upserts.push_back(std::move(publication));
    if (batch.upserts.size() < kSlice) return;
    subject.catalog.apply(to, batch);
    batch.upserts.clear();
  });
  subject.catalog.apply(to, batch);
}

void Snapshots::State::report_fresh() {
  std::erase_if(stale, [](const Source* source) {
    if (source->stale()) return false;
    spdlog::info("source {}: synced, and not stale any more", source->name());
    return true;
  });
}

// Writing ------------------------------------------------------------------------------------------------------------

void Snapshots::State::schedule() {
  if (writing || subject.catalog.version() == written) return;
  const bool is_first = !any && settled();
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
  if (is_first || wait.count() <= 0) return begin();
  const auto call = [](uv_timer_t* due) { static_cast<State*>(due->data)->schedule(); };
  uv_timer_start(&timer, call, static_cast<uint64_t>(wait.count()), 0);
}

/// Files are there whenever they are looked at; a cluster that has synced may have been away since.
int64_t Snapshots::State::as_of(SourceId id, int64_t now) const {
  const Source& source = *subject.sources[id];
  if (source.stale()) return source.restored_at();
  const bool was_heard = std::holds_alternative<KubernetesConfig>(subject.configured[id]) && source.last_event() != 0;
  return was_heard ? source.last_event() : now;
}

void Snapshots::State::take() {
  Image image;
  image.head = {.taken = unix_now(), .shape = subject.shape, .serials = {}};
  const uint32_t ahead = last ? 0 : kSerialsAhead;
  for (const auto& zone : subject.directory.zones())
    image.head.serials.push_back({zone->apex(), zone->serial() + ahead});
  for (SourceId id = 0; id < subject.identities.size(); ++id) {
    image.sources.push_back({.identity = subject.identities[id],
                             .as_of = as_of(id, image.head.taken),
                             .whole = subject.sources[id]->known()});
  }
  image.holdings = subject.catalog.copy();
  reading = true;
  writing = {.image = std::move(image), .version = subject.catalog.version()};
  any = true;
  next = Clock::now() + kInterval;
}

void Snapshots::State::begin() {
  take();
  const auto encode = [](uv_work_t* work) { of(work).encode(); };
  const auto encoded = [](uv_work_t* work, int) { of(work).begin_save(); };
  uv_queue_work(&loop, &request, encode, encoded);
}

void Snapshots::State::begin_save() {
  release();
  const auto save = [](uv_work_t* work) { of(work).save(); };
  const auto saved = [](uv_work_t* work, int) { of(work).abandoned ? of(work).close() : of(work).end(); };
  uv_queue_work(&loop, &request, save, saved);
}

void Snapshots::State::release() {
  reading = false;
  subject.catalog.release_copy();
}

void Snapshots::State::close() {
  directory.reset();  // now: another process may have it before the loop has run
  uv_close(reinterpret_cast<uv_handle_t*>(&timer),
           [](uv_handle_t* handle) { delete static_cast<State*>(handle->data); });
}

std::string Snapshots::State::outlook() const {
  std::error_code missing;
  const bool stays = std::filesystem::exists(directory->file(), missing);
  if (!last) return stays ? "the snapshot from before stays, and the next attempt follows" : "the next attempt follows";
  return stays ? "the snapshot from before stays" : "nothing is kept for the next start";
}

void Snapshots::State::end() {
  const Writing done = *std::exchange(writing, std::nullopt);
  if (done.error) {
    figures.failed_writes.fetch_add(1, std::memory_order_relaxed);
    if (last || done.error->message != failed) spdlog::error("state: {}; {}", done.error->message, outlook());
    failed = done.error->message;
    return;
  }
  if (!failed.empty()) spdlog::info("state: {} is written again", directory->file());
  failed.clear();
  written = done.version;
  figures.taken.store(done.image.head.taken, std::memory_order_relaxed);
  spdlog::debug("state: {} octets in {}", done.octets.size(), directory->file());
}

// The outside --------------------------------------------------------------------------------------------------------

Snapshots::Snapshots(State* state) : state_(state) {}

Snapshots::~Snapshots() {
  if (state_->writing) {
    state_->abandoned = true;
  } else {
    state_->close();
  }
}

Result<std::unique_ptr<Snapshots>> Snapshots::open(const std::string& path, uv_loop_s& loop, Subject subject,
                                                   SnapshotFigures& figures) {
  auto directory = StateDirectory::open(path);
  if (!directory) return Error{"state: " + directory.error()};
  if (const auto problem = (*directory)->problem()) {
    figures.failed_writes.fetch_add(1, std::memory_order_relaxed);
    spdlog::warn("state: {}; serving without keeping what changes", problem->message);
  }
  return std::unique_ptr<Snapshots>(new Snapshots(new State(loop, *std::move(directory), std::move(subject), figures)));
}

void Snapshots::restore() { state_->restore(); }

void Snapshots::note() {
  state_->report_fresh();
  state_->schedule();
}

bool Snapshots::reading() const { return state_->reading; }

void Snapshots::finish() {
  while (state_->writing) uv_run(&state_->loop, UV_RUN_ONCE);
  if (state_->subject.catalog.version() == state_->written) return;
  state_->last = true;
  state_->take();
  state_->encode();
  state_->release();
  state_->save();
  state_->end();
}

}  // namespace meshdns
