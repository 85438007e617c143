#include "cmd/ctl/failover_report.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cmd/ctl/aligned.h"
#include "cmd/ctl/labelled_lines.h"
#include "k8s/mesh/envoy_clusters.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr size_t kMostNamed = 3;
constexpr size_t kMostEvents = 40;

double seconds(milliseconds time) { return std::chrono::duration<double>(time).count(); }

Json span_json(const Span& span) { return {{"after", seconds(span.after)}, {"by", seconds(span.by)}}; }

Json span_json(const std::optional<Span>& span) { return span ? span_json(*span) : Json(nullptr); }

/// What an endpoint, or all of a locality, answered and was asked.
struct Counts {
  uint64_t at_first = 0;
  uint64_t since = 0;
  uint64_t attempts = 0;
  uint64_t failed = 0;

  void add(const FailoverTimeline& timeline, size_t endpoint) {
    const EndpointState& first = timeline.at_first[endpoint];
    const EndpointState& all = timeline.all[endpoint];
    at_first += first.answered;
    since += all.answered - first.answered;
    attempts += all.answered + all.failed;
    failed += all.failed;
  }
};

Counts counts_of_all(const FailoverTimeline& timeline) {
  Counts counts;
  for (size_t e = 0; e < timeline.all.size(); ++e) counts.add(timeline, e);
  return counts;
}

void add_counts(Json& json, const Counts& counts) {
  json["atFirst"] = counts.at_first;
  json["since"] = counts.since;
  json["attempts"] = counts.attempts;
  json["failed"] = counts.failed;
}

uint64_t beside_requests(const Counts& counts, const FailoverRequests& requests) {
  return counts.attempts > requests.sent ? counts.attempts - requests.sent : 0;
}

Json requests_json(const FailoverRequests& requests) {
  const bool lost = requests.lost > 0;
  return {{"planned", requests.planned},
          {"sent", requests.sent},
          {"answered", requests.answered()},
          {"lost", requests.lost},
          {"slowest", seconds(requests.slowest)},
          {"lostFrom", lost ? Json(seconds(requests.lost_between.after)) : Json(nullptr)},
          {"lostTo", lost ? Json(seconds(requests.lost_between.by)) : Json(nullptr)},
          {"losses", Json(requests.losses)},
          {"statuses", Json(requests.statuses)}};
}

Json endpoint_json(const FailoverReport& report, size_t endpoint) {
  const FailoverEndpoint& of = report.endpoints[endpoint];
  Json json = {{"cluster", of.cluster}, {"address", of.address}};
  Counts counts;
  counts.add(report.timeline, endpoint);
  add_counts(json, counts);
  json["out"] = Json::array();
  for (const Absence& absence : report.timeline.absences) {
    if (absence.endpoint != endpoint) continue;
    json["out"].push_back(
        {{"why", absence.gone ? "gone" : "ejected"}, {"from", span_json(absence.from)}, {"to", span_json(absence.to)}});
  }
  return json;
}

Json localities_json(const FailoverReport& report) {
  const FailoverTimeline& timeline = report.timeline;
  Json localities = Json::array();
  for (size_t locality = 0; locality < timeline.localities.size(); ++locality) {
    Json json = {{"locality", timeline.localities[locality]}};
    Counts counts;
    Json endpoints = Json::array();
    for (size_t e = 0; e < report.endpoints.size(); ++e) {
      if (timeline.locality_of[e] != locality) continue;
      counts.add(timeline, e);
      endpoints.push_back(endpoint_json(report, e));
    }
    add_counts(json, counts);
    json["endpoints"] = std::move(endpoints);
    localities.push_back(std::move(json));
  }
  return localities;
}

Json moves_json(const FailoverTimeline& timeline) {
  Json moves = Json::array();
  for (const Outage& outage : timeline.outages) {
    Json answered_by = Json::object();
    for (size_t i = 0; i < outage.instead.size(); ++i) {
      if (outage.instead[i] > 0) answered_by[timeline.localities[i]] = outage.instead[i];
    }
    moves.push_back({{"locality", timeline.localities[outage.locality]},
                     {"began", span_json(outage.began)},
                     {"moved", span_json(outage.moved)},
                     {"back", span_json(outage.back)},
                     {"timeToMove", outage.moved ? Json(seconds(outage.to_move())) : Json(nullptr)},
                     {"away", outage.back ? Json(seconds(outage.away())) : Json(nullptr)},
                     {"failed", outage.failed},
                     {"answeredBy", answered_by}});
  }
  return moves;
}

std::string endpoint_text(const FailoverReport& report, size_t endpoint) {
  const FailoverEndpoint& of = report.endpoints[endpoint];
  const bool one =
      std::ranges::all_of(report.endpoints, [&](const auto& other) { return other.cluster == of.cluster; });
  if (one) return of.address;
  const auto destination = outbound_destination(of.cluster);
  return of.address + " of " + (destination ? destination->text() : of.cluster);
}

std::string out_text(const FailoverReport& report, size_t endpoint) {
  std::string text;
  size_t count = 0;
  for (const Absence& absence : report.timeline.absences) {
    if (absence.endpoint != endpoint || ++count > kMostNamed) continue;
    text += (text.empty() ? "" : ", ") + std::string(absence.gone ? "gone " : "") + seconds_text(absence.from.by) +
            (absence.to ? " to " + seconds_text(absence.to->by) : " on");
  }
  if (count == 0) return "never";
  return text + (count > kMostNamed ? ", and " + std::to_string(count - kMostNamed) + " more" : "");
}

std::string share_text(uint64_t part, uint64_t whole) {
  char text[48];
  const double share = whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  std::snprintf(text, sizeof text, "%llu (%.1f%%)", static_cast<unsigned long long>(part), share);
  return text;
}

std::string endpoints_table(const FailoverReport& report) {
  const FailoverTimeline& timeline = report.timeline;
  const Counts all = counts_of_all(timeline);
  std::vector<Row> rows = {{"LOCALITY", "ENDPOINT", "AT FIRST", "SINCE", "ATTEMPTS", "FAILED", "EJECTED"}};
  for (size_t locality = 0; locality < timeline.localities.size(); ++locality) {
    for (size_t e = 0; e < report.endpoints.size(); ++e) {
      if (timeline.locality_of[e] != locality) continue;
      Counts counts;
      counts.add(timeline, e);
      rows.push_back({locality_text(timeline.localities[locality]), endpoint_text(report, e),
                      share_text(counts.at_first, all.at_first), share_text(counts.since, all.since),
                      std::to_string(counts.attempts), std::to_string(counts.failed), out_text(report, e)});
    }
  }
  return aligned(rows);
}

struct Event {
  milliseconds at;
  std::string text;
};

void add_outage(const FailoverTimeline& timeline, const Outage& outage, std::vector<Event>& events) {
  const std::string where = locality_text(timeline.localities[outage.locality]);
  events.push_back({outage.began.by, "the first sign of trouble at " + where});
  if (outage.moved) {
    events.push_back({outage.moved->by, "nothing goes to " + where + " any more, " + seconds_text(outage.to_move()) +
                                            " at most after it was well: " + answered_by(timeline, outage.instead)});
  }
  if (outage.back)
    events.push_back({outage.back->by, where + " answers again, after " + seconds_text(outage.away()) + " at most"});
}

std::string events_table(const FailoverReport& report) {
  std::vector<Event> events;
  for (const Outage& outage : report.timeline.outages) add_outage(report.timeline, outage, events);
  for (const Absence& absence : report.timeline.absences) {
    const std::string which = endpoint_text(report, absence.endpoint);
    events.push_back({absence.from.by, which + (absence.gone ? " is gone" : " is ejected")});
    if (absence.to) events.push_back({absence.to->by, which + (absence.gone ? " is there again" : " is let in again")});
  }
  const FailoverRequests& requests = report.requests;
  if (requests.lost > 0) events.push_back({requests.lost_between.after, "the first request is lost"});
  if (requests.lost > 1) events.push_back({requests.lost_between.by, "the last request is lost"});
  std::ranges::stable_sort(events, {}, &Event::at);
  if (events.empty()) return "";
  std::vector<Row> rows = {{"AT", "WHAT"}};
  for (size_t i = 0; i < events.size() && i < kMostEvents; ++i)
    rows.push_back({seconds_text(events[i].at), events[i].text});
  if (events.size() > kMostEvents) rows.push_back({"…", std::to_string(events.size() - kMostEvents) + " more"});
  return aligned(rows);
}

std::string requests_text(const FailoverRequests& requests) {
  return std::to_string(requests.sent) + " of " + std::to_string(requests.planned) + " sent, " +
         std::to_string(requests.answered()) + " answered, " + std::to_string(requests.lost) +
         " lost; the slowest took " + std::to_string(requests.slowest.count()) + " ms";
}

std::string attempts_text(const FailoverReport& report) {
  const Counts counts = counts_of_all(report.timeline);
  return std::to_string(counts.attempts) + ", " + std::to_string(counts.failed) + " of them failed, " +
         std::to_string(beside_requests(counts, report.requests)) + " beside the requests";
}

std::string passed_text(const FailoverReport& report) {
  std::string text;
  size_t moves = 0;
  for (const Outage& outage : report.timeline.outages) {
    if (!outage.moved || ++moves > kMostNamed) continue;
    text += (text.empty() ? "requests moved from " : ", from ") +
            locality_text(report.timeline.localities[outage.locality]) + " within " + seconds_text(outage.to_move()) +
            (outage.back ? " and back" : "");
  }
  if (moves > kMostNamed) text += ", and " + std::to_string(moves - kMostNamed) + " times more";
  return text + "; none of " + std::to_string(report.requests.sent) + " was lost";
}

}  // namespace

Json failover_report(const FailoverReport& report) {
  const Counts counts = counts_of_all(report.timeline);
  return {{"passed", report.verdict.state == VerdictState::kPassed},
          {"verdict", state_text(report.verdict.state)},
          {"reasons", report.verdict.reasons},
          {"url", report.url},
          {"during", report.during},
          {"countedBy", report.counted_by},
          {"route", report.route},
          {"requests", requests_json(report.requests)},
          {"attempts",
           {{"ended", counts.attempts},
            {"failed", counts.failed},
            {"besideRequests", beside_requests(counts, report.requests)}}},
          {"samples", {{"count", report.samples}, {"longestInterval", seconds(report.timeline.resolution)}}},
          {"localities", localities_json(report)},
          {"moves", moves_json(report.timeline)}};
}

std::string failover_report_text(const FailoverReport& report) {
  LabelledLines lines;
  lines.add("Requests", requests_text(report.requests));
  lines.add("Attempts", attempts_text(report));
  lines.add("Statuses", most_frequent(report.requests.statuses));
  lines.add("Losses", most_frequent(report.requests.losses));
  lines.add("Route", report.route);
  lines.add("Counted by", report.counted_by + ", asked " + std::to_string(report.samples) +
                              " times; times are exact to " + seconds_text(report.timeline.resolution));
  return endpoints_table(report) + events_table(report) + lines.text() + verdict_line(report) + "\n";
}

std::string verdict_line(const FailoverReport& report) {
  std::string line = std::string(state_text(report.verdict.state)) + ": ";
  if (report.verdict.reasons.empty()) line += passed_text(report);
  for (size_t i = 0; i < report.verdict.reasons.size(); ++i) line += (i == 0 ? "" : "; ") + report.verdict.reasons[i];
  return line;
}

}  // namespace meshdns
