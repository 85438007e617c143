#include "server/admin_pages.h"

#include <nlohmann/json.hpp>

#include "server/admin_view.h"
#include "zone/unix_time.h"

namespace meshdns {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string row(std::initializer_list<std::string> cells) {
  std::string out = "<tr>";
  for (const std::string& cell : cells) out += "<td>" + cell + "</td>";
  return out + "</tr>\n";
}

/// A name in presentation form as a part of a URL's path: only what is not special there may stand for itself.
std::string in_path(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (std::isalnum(octet) != 0 || c == '-' || c == '.' || c == '_') {
      out += c;
    } else {
      out += {'%', kHex[octet >> 4], kHex[octet & 15]};
    }
  }
  return out;
}

std::string source_entries(const Source& source) {
  const uint64_t held = source.withdrawals_held();
  return std::to_string(source.entries()) + (held == 0 ? "" : ", " + std::to_string(held) + " of them gone there");
}

std::string source_errors(const Source& source) {
  std::string out;
  for (size_t i = 0; i < kSourceErrors; ++i) {
    const auto error = static_cast<SourceError>(i);
    if (source.errors(error) == 0) continue;
    if (!out.empty()) out += ", ";
    out += text(error);
    out += ": " + std::to_string(source.errors(error));
  }
  return out.empty() ? "none" : out;
}

const char* zone_state(const Zone& zone) {
  if (!zone.loaded()) return "SERVFAIL until its file has been read";
  return zone.complete() ? "complete" : "unknown names are SERVFAIL until the sources have synced";
}

std::string zone_rows(const AdminView& view) {
  std::string out;
  for (const auto& zone : view.directory.zones()) {
    const std::string name = zone->apex().text();
    out += row({"<a href=\"/zones/" + in_path(name) + "\">" + escaped(name) + "</a>", std::to_string(zone->names()),
                std::to_string(zone->records()), std::to_string(zone->serial()), zone_state(*zone)});
  }
  return out;
}

std::string source_rows(const AdminView& view) {
  std::string out;
  for (const auto& source : view.sources) {
    out += row({escaped(source->name()),
                source->synced()  ? "synced"
                : source->stale() ? "<b>stale</b>, as of " + rfc3339(source->restored_at())
                                  : "<b>not synced</b>",
                source == view.sources.front() ? "local"
                : source->required()           ? "required"
                                               : "optional",
                source_entries(*source), source->last_event() == 0 ? "never" : rfc3339(source->last_event()),
                source_errors(*source)});
  }
  return out;
}

const char* outcome_text(Explanation::Outcome outcome) {
  switch (outcome) {
    case Explanation::Outcome::kAnswer:
      return "answer";
    case Explanation::Outcome::kNoData:
      return "nodata";
    case Explanation::Outcome::kNxDomain:
      return "nxdomain";
    case Explanation::Outcome::kRefused:
      return "refused";
    case Explanation::Outcome::kNotReady:
      return "not-ready";
    case Explanation::Outcome::kReferral:
      return "referral";
    case Explanation::Outcome::kRedirect:
      return "redirect";
  }
  return "";
}

}  // namespace

std::string missing_sources(const AdminView& view) {
  std::string out;
  for (const auto& source : view.sources) {
    if (source->required() && !source->known()) out += "source " + source->name() + " has not synced\n";
  }
  for (const auto& zone : view.directory.zones()) {
    if (!zone->loaded())
      out += "zone " + zone->apex().text() + " has not been read from " + zone->options().file + "\n";
  }
  return out;
}

std::string stale_sources(const AdminView& view) {
  std::string out;
  for (const auto& source : view.sources) {
    if (!source->stale()) continue;
    out += "source " + source->name() + " is stale: a snapshot of " + rfc3339(source->restored_at()) +
           " is served until it has synced\n";
  }
  return out;
}

std::string status_page(const AdminView& view, bool shutting_down) {
  const bool ready = !shutting_down && missing_sources(view).empty();
  std::string out = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>meshdns</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; } td, th { border: 1px solid #ccc; padding: .2em .6em; text-align: left; }
</style></head><body>
)";
  out += "<h1>meshdns " + escaped(view.version) + "</h1>\n";
  out += std::string("<p>") +
         (shutting_down ? "Shutting down."
          : ready       ? "Ready."
                        : "<b>Not ready.</b>") +
         R"( <a href="/health">health</a> · <a href="/ready">ready</a> · <a href="/metrics">metrics</a></p>
<h2>Zones</h2>
<table><tr><th>zone</th><th>names</th><th>records</th><th>serial</th><th>state</th></tr>
)" + zone_rows(view) +
         R"(</table>
<h2>Sources</h2>
<table><tr><th>source</th><th>state</th><th>role</th><th>ServiceEntries</th><th>last heard</th><th>errors</th></tr>
)" + source_rows(view) +
         R"(</table>
<h2>Explain</h2>
<form action="/explain">Why is <input name="name" required size="40" placeholder="name">
<input name="type" value="A" size="6"> answered as it is? <button>explain</button></form>
</body></html>
)";
  return out;
}

std::string explanation_json(std::string_view name, std::string_view type, const Explanation& explanation) {
  using Json = nlohmann::ordered_json;
  Json claimants = Json::array();
  for (const Explanation::Claimant& claimant : explanation.claimants) {
    claimants.push_back({{"source", claimant.source},
                         {"object", claimant.object},
                         {"created", claimant.created == 0 ? "" : rfc3339(claimant.created)},  // unknown of a manifest
                         {"addresses", claimant.addresses},
                         {"origin", claimant.origin},
                         {"wins", claimant.wins},
                         {"why", claimant.why}});
  }
  Json skipped = Json::array();
  for (const Explanation::Skipped& part : explanation.skipped) {
    skipped.push_back({{"source", part.source},
                       {"object", part.object},
                       {"what", part.what},
                       {"reason", part.reason},
                       {"detail", part.detail}});
  }
  const Json json = {{"name", name},
                     {"type", type},
                     {"outcome", outcome_text(explanation.outcome)},
                     {"zone", explanation.zone},
                     {"closestEncloser", explanation.closest_encloser},
                     {"owner", explanation.owner},
                     {"records", explanation.records},
                     {"claimants", std::move(claimants)},
                     {"skipped", std::move(skipped)},
                     {"note", explanation.note}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace meshdns
