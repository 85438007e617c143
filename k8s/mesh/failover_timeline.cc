#include "k8s/mesh/failover_timeline.h"

#include <algorithm>
#include <cmath>

namespace meshdns {
namespace {

constexpr double kByChance = 1e-6;
constexpr uint64_t kLeastAnswers = 5;
// Fewer: what was tried again there when another was slow or refused is no share of its own.
constexpr uint64_t kLeastIntervals = 5;
constexpr size_t kMostOutages = 64;

/// What grew between two samples.
struct Growth {
  uint64_t begun = 0;
  uint64_t answered = 0;
  uint64_t failed = 0;
  bool ejected = false;  // one of them, at the interval's end
  bool out = true;       // each of them, at its beginning

  bool trouble() const { return failed > 0 || ejected; }
  bool tried() const { return begun > 0 || failed > 0 || answered > 0; }
  /// A server that hung answers what it was asked before, when it goes on: the sidecar asks it nothing.
  bool dark() const { return answered == 0 || (out && begun == 0); }
};

EndpointState state_of(const FailoverSample& sample, size_t endpoint) {
  return endpoint < sample.endpoints.size() ? sample.endpoints[endpoint] : EndpointState{.there = false};
}

/// The growth of every interval, by locality and of all.
class Intervals {
 public:
  Intervals(const std::vector<FailoverSample>& samples, const FailoverTimeline& timeline)
      : samples_(samples), all_(size()), by_locality_(timeline.localities.size(), std::vector<Growth>(size())) {
    for (size_t i = 0; i < size(); ++i) {
      for (size_t e = 0; e < timeline.locality_of.size(); ++e) {
        const EndpointState before = state_of(samples[i], e);
        const EndpointState after = state_of(samples[i + 1], e);
        Growth& growth = by_locality_[timeline.locality_of[e]][i];
        growth.begun += after.begun - before.begun;
        growth.answered += after.answered - before.answered;
        growth.failed += after.failed - before.failed;
        growth.ejected |= after.ejected;
        growth.out &= before.ejected || !before.there;
        all_[i] += after.answered - before.answered;
      }
    }
  }

  size_t size() const { return samples_.empty() ? 0 : samples_.size() - 1; }
  const Growth& of(size_t locality, size_t interval) const { return by_locality_[locality][interval]; }
  uint64_t all(size_t interval) const { return all_[interval]; }
  uint64_t of_others(size_t locality, size_t interval) const {
    return all_[interval] - of(locality, interval).answered;
  }

  /// Of something that the sample `number` is the first to show.
  Span shown_by(size_t number) const { return {samples_[number - 1].asked, samples_[number].told}; }
  std::chrono::milliseconds begin_of(size_t interval) const { return samples_[interval].asked; }
  std::chrono::milliseconds end_of(size_t interval) const { return samples_[interval + 1].told; }

 private:
  const std::vector<FailoverSample>& samples_;
  std::vector<uint64_t> all_;
  std::vector<std::vector<Growth>> by_locality_;
};

/// A run of intervals, [begin, end), in which a locality is dark.
struct Run {
  size_t locality;
  size_t begin;
  size_t end;
  size_t well_since;  // the interval in which it was well again after the run before, or the first
  uint64_t tells;     // answers_that_tell() of it
};

/// The first run of that locality that begins at `from` or later. `apart`: intervals in which one of them is dark, and the others have shares that are
/// not theirs.
std::optional<Run> dark_run(const Intervals& intervals, size_t locality, size_t from, const std::vector<bool>& apart) {
  uint64_t own = 0;
  uint64_t own_intervals = 0;
  uint64_t all = 0;
  size_t well_since = 0;
  for (size_t i = 0; i < intervals.size();) {
    Run run{locality, i, i, well_since, answers_that_tell(own, all)};
    uint64_t answered = 0;
    uint64_t of_all = 0;
    for (; run.end < intervals.size() && intervals.of(locality, run.end).dark(); ++run.end) {
      answered += intervals.all(run.end);
      if (!apart[run.end]) of_all += intervals.all(run.end);
    }
    if (own_intervals >= kLeastIntervals && all >= kAnswersBefore && answered >= run.tells) {
      if (run.begin >= from) return run;
      well_since = run.end;
    }
    all += of_all;
    i = run.end;
    if (i == intervals.size()) break;
    if (!apart[i]) {
      own += intervals.of(locality, i).answered;
      all += intervals.all(i);
      ++own_intervals;
    }
    ++i;
  }
  return std::nullopt;
}

/// The interval of the first sign: attempts may fail before the last answer has come.
size_t first_sign(const Intervals& intervals, const Run& run) {
  size_t sign = run.begin;
  while (sign > run.well_since && intervals.of(run.locality, sign - 1).trouble()) --sign;
  return sign;
}

Span began(const Intervals& intervals, const Run& run, size_t sign) {
  const size_t locality = run.locality;
  size_t well = sign;
  while (well > 0 && intervals.of(locality, well).answered == 0) --well;
  size_t shown = sign;
  for (uint64_t answered = 0; shown + 1 < run.end; ++shown) {
    if (shown >= run.begin) answered += intervals.all(shown);
    if (intervals.of(locality, shown).trouble() || answered >= run.tells) break;
  }
  return {intervals.begin_of(well), intervals.end_of(shown)};
}

/// The first sample behind which nothing is tried there while others answer enough, and others have answered since the first sign; nothing: none.
std::optional<size_t> moved_at(const Intervals& intervals, const Run& run, size_t sign) {
  const size_t locality = run.locality;
  size_t quiet = run.begin;
  size_t taken = sign;
  uint64_t answered = 0;
  for (size_t i = run.begin; i < run.end && answered < run.tells; ++i) {
    answered += intervals.all(i);
    if (!intervals.of(locality, i).tried()) continue;
    quiet = i + 1;
    answered = 0;
  }
  if (answered < run.tells) return std::nullopt;
  while (taken < run.end && intervals.of_others(locality, taken) == 0) ++taken;
  return std::max(quiet, taken + 1);
}

Outage outage_of(const Intervals& intervals, const Run& run, size_t sign, size_t localities) {
  const size_t locality = run.locality;
  Outage outage{.locality = locality,
                .began = began(intervals, run, sign),
                .moved = {},
                .back = {},
                .failed = 0,
                .instead = std::vector<uint64_t>(localities)};
  const auto moved = moved_at(intervals, run, sign);
  if (moved) outage.moved = intervals.shown_by(*moved);
  if (run.end < intervals.size()) outage.back = intervals.shown_by(run.end + 1);
  for (size_t i = sign; i < run.end; ++i) outage.failed += intervals.of(locality, i).failed;
  for (size_t other = 0; other < localities; ++other) {
    if (other == locality) continue;
    for (size_t i = run.begin; i < run.end; ++i) outage.instead[other] += intervals.of(other, i).answered;
  }
  return outage;
}

/// The first sign of all; the outages one after the other as they begin: what the others' shares are is not told by the time of an outage.
size_t find_outages(const Intervals& intervals, FailoverTimeline& timeline) {
  const size_t localities = timeline.localities.size();
  std::vector<bool> apart(intervals.size());
  std::vector<size_t> from(localities);
  size_t first = intervals.size();
  while (timeline.outages.size() < kMostOutages) {
    std::optional<Run> next;
    for (size_t locality = 0; locality < localities; ++locality) {
      const auto run = dark_run(intervals, locality, from[locality], apart);
      if (run && (!next || run->begin < next->begin)) next = run;
    }
    if (!next) break;
    const size_t sign = first_sign(intervals, *next);
    timeline.outages.push_back(outage_of(intervals, *next, sign, localities));
    // With the intervals at both ends, in which it was well for a part.
    for (size_t i = sign == 0 ? 0 : sign - 1; i <= next->end && i < apart.size(); ++i) apart[i] = true;
    from[next->locality] = next->end;
    first = std::min(first, sign);
  }
  return first;
}

void find_absences(const std::vector<FailoverSample>& samples, FailoverTimeline& timeline) {
  for (size_t e = 0; e < timeline.locality_of.size(); ++e) {
    std::optional<Absence> open;
    bool known = false;
    for (size_t i = 0; i < samples.size(); ++i) {
      const EndpointState state = state_of(samples[i], e);
      known |= state.there;
      const Span span = i == 0 ? Span{samples[i].told, samples[i].told} : Span{samples[i - 1].asked, samples[i].told};
      const bool gone = known && !state.there;
      if (open && (open->gone != gone || (!gone && !state.ejected))) {
        open->to = span;
        timeline.absences.push_back(*open);
        open.reset();
      }
      if (!open && (gone || state.ejected)) open = Absence{e, gone, span, {}};
    }
    if (open) timeline.absences.push_back(*open);
  }
  std::ranges::stable_sort(timeline.absences, {}, [](const Absence& absence) { return absence.from.by; });
}

void find_localities(const std::vector<FailoverEndpoint>& endpoints, FailoverTimeline& timeline) {
  for (const FailoverEndpoint& endpoint : endpoints) {
    const auto found = std::ranges::find(timeline.localities, endpoint.locality);
    timeline.locality_of.push_back(static_cast<size_t>(found - timeline.localities.begin()));
    if (found == timeline.localities.end()) timeline.localities.push_back(endpoint.locality);
  }
}

}  // namespace

uint64_t answers_that_tell(uint64_t own, uint64_t all) {
  // One more of each kind than was seen: a share of all was seen so far, and no more.
  const double left_out = static_cast<double>(all - own + 1) / static_cast<double>(all + 2);
  const double answers = std::ceil(std::log(kByChance) / std::log(left_out));
  return std::max(kLeastAnswers, static_cast<uint64_t>(answers));
}

FailoverTimeline failover_timeline(const std::vector<FailoverEndpoint>& endpoints,
                                   const std::vector<FailoverSample>& samples) {
  FailoverTimeline timeline;
  find_localities(endpoints, timeline);
  const Intervals intervals(samples, timeline);
  const size_t first_trouble = find_outages(intervals, timeline);
  find_absences(samples, timeline);
  for (size_t e = 0; e < endpoints.size() && !samples.empty(); ++e) {
    timeline.at_first.push_back(state_of(samples[first_trouble], e));
    timeline.all.push_back(state_of(samples.back(), e));
    timeline.answered += timeline.all.back().answered;
  }
  for (size_t i = 0; i < intervals.size(); ++i) {
    timeline.resolution = std::max(timeline.resolution, intervals.end_of(i) - intervals.begin_of(i));
  }
  return timeline;
}

}  // namespace meshdns
