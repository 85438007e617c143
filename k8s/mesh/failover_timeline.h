#pragma once

// When requests moved from one locality to others and came back, by samples of what a sidecar counts of each endpoint. Pure functions.
//
// Between two samples nothing is known but by how much the counts grew: an interval. Everything here is a span, from the last sample that does not
// show it to the first that does, and no interval's order of events is guessed.
//
//   well      a locality is, for as long as it answers: its share of all answers, while none is dark, is what is expected of it
//   dark      it answers nothing, and the others so much that its share would leave it out by chance once in a million times, and five times at
//             least; not known before 20 requests were answered, and it had answered in five intervals
//   began     from the last interval in which it was well to the first sign: a failed attempt, an ejection, or that much of silence
//   moved     nothing is tried there any more while the others answer as much again, and they have answered since it began. Retries that still go
//             there hold this up: nothing has moved that others had to ask for first
//   back      it answers again, and not only what it was asked before it was ejected
//
// So an endpoint that is let in again while it is dead (attempts, no answers) neither moves nor brings back anything; it is counted.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meshdns {

struct FailoverEndpoint {
  std::string cluster;
  std::string address;
  std::string locality;

  bool operator==(const FailoverEndpoint&) const = default;
};

/// Since the first sample; the counts only grow.
struct EndpointState {
  uint64_t begun = 0;     // attempts: a request's, or a connection's
  uint64_t answered = 0;  // without a server's error
  uint64_t failed = 0;
  bool ejected = false;
  bool there = true;  // the sidecar has it

  bool operator==(const EndpointState&) const = default;
};

struct FailoverSample {
  std::chrono::milliseconds asked{0};  // since the beginning: the sidecar counted in between
  std::chrono::milliseconds told{0};
  std::vector<EndpointState> endpoints;  // fewer than there are: the others came later
};

struct Span {
  std::chrono::milliseconds after{0};
  std::chrono::milliseconds by{0};

  bool operator==(const Span&) const = default;
};

struct Outage {
  size_t locality = 0;
  Span began;
  std::optional<Span> moved;      // nothing: it still gets attempts, or too little came behind them
  std::optional<Span> back;       // nothing: not seen
  uint64_t failed = 0;            // attempts there, until it was back
  std::vector<uint64_t> instead;  // what each other locality answered while this one was dark

  /// At most: from the last moment at which it was well to the first at which the move is sure.
  std::chrono::milliseconds to_move() const { return moved->by - began.after; }
  /// At most.
  std::chrono::milliseconds away() const { return back->by - began.after; }
};

/// While the sidecar had it ejected, or had it no more.
struct Absence {
  size_t endpoint = 0;
  bool gone = false;  // not ejected
  Span from;
  std::optional<Span> to;
};

struct FailoverTimeline {
  std::vector<std::string> localities;      // in the endpoints' order
  std::vector<size_t> locality_of;          // of each endpoint
  std::vector<EndpointState> at_first;      // of each endpoint: until the first sign of an outage, else until the end
  std::vector<EndpointState> all;           // of each endpoint
  std::vector<Outage> outages;              // as they begin; the first 64
  std::vector<Absence> absences;            // likewise
  std::chrono::milliseconds resolution{0};  // the longest interval
  uint64_t answered = 0;                    // by all
};

/// What was answered before, for a locality's share to be known.
inline constexpr uint64_t kAnswersBefore = 20;

FailoverTimeline failover_timeline(const std::vector<FailoverEndpoint>& endpoints,
                                   const std::vector<FailoverSample>& samples);

/// How many answers of all, none of them its own, make a locality dark that gave `own` of `all` before.
uint64_t answers_that_tell(uint64_t own, uint64_t all);

}  // namespace meshdns
