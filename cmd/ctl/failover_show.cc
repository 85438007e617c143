// meshdnsctl failover show: where requests to a host go when the servers of one cluster are dead, and what is lost until then.

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "cmd/ctl/aligned.h"
#include "cmd/ctl/command.h"
#include "cmd/ctl/failover.h"
#include "cmd/ctl/lint_meshes.h"
#include "cmd/ctl/mesh_flags.h"
#include "cmd/ctl/stop.h"
#include "cmd/text_value.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/istio_duration.h"
#include "k8s/mesh/shell_word.h"
#include "k8s/mesh/standing_failover.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;
using Detection = DestinationRule::OutlierDetection;

struct ShowFlags : MeshFlags {
  std::string host;
};

/// A host's, and whose it is.
struct Shown {
  std::string cluster;  // the context; empty: there is but one
  StandingFailover standing;
};

// ---- text

std::string port_text(const StandingFailover& standing) {
  if (standing.port == 0) return "-";
  return std::to_string(standing.port) + (standing.protocol.empty() ? "" : "/" + standing.protocol);
}

std::string share_text(const StandingFailover::Endpoint& endpoint) {
  const bool for_all = endpoint.shares.size() == 1 && endpoint.shares.front().first == "*";
  const auto text = [&](const auto& share) {
    return (for_all ? "" : "from " + share.first + ": ") + std::to_string(share.second) + "%";
  };
  return endpoint.shares.empty() ? "-" : joined(endpoint.shares, text);
}

/// "3 gateway errors, at most 100%"
std::string ejection_text(const std::optional<Detection>& detection) {
  if (!detection || !ejects(*detection)) return "never";
  std::vector<std::string> parts;
  if (const auto& errors = detection->gateway_errors; errors.value_or(0) > 0)
    parts.push_back(std::to_string(*errors) + " gateway errors");
  if (const auto& errors = detection->server_errors; errors != 0)
    parts.push_back((errors ? std::to_string(*errors) : "Istio's 5") + " 5xx errors");
  if (parts.empty()) parts.emplace_back("connections that fail");
  const auto& percent = detection->max_ejection_percent;
  return joined(parts, {}, " or ") + ", at most " +
         (percent.value_or(0) > 0 ? std::to_string(*percent) : "Istio's 10") + "%";
}

std::string retries_text(const StandingFailover::Route& route) {
  const auto& retries = route.retries;
  if (!retries) return "as Istio does";
  if (retries->attempts <= 0) return "never";
  std::string text = std::to_string(retries->attempts) + " times";
  if (retries->remote_localities) text += ", elsewhere";
  if (!retries->retry_on.empty()) text += ", on " + retries->retry_on;
  if (retries->per_try_timeout) text += ", after " + istio_duration_text(*retries->per_try_timeout);
  return text;
}

std::string retries_text(const StandingFailover& standing) {
  std::vector<std::string> texts;
  for (const auto& route : standing.routes) {
    if (std::string text = retries_text(route); std::ranges::count(texts, text) == 0) texts.push_back(std::move(text));
  }
  return texts.empty() ? "as Istio does" : joined(texts, {}, "; ");
}

/// What stands in the row above is not repeated.
void add_rows(const Shown& shown, std::vector<Row>& rows) {
  const StandingFailover& standing = shown.standing;
  Row row{shown.cluster,
          standing.host,
          port_text(standing),
          std::string(text(standing.mode)),
          "",
          "",
          "",
          ejection_text(standing.detection),
          retries_text(standing),
          standing.connect_timeout ? istio_duration_text(*standing.connect_timeout) : "-"};
  for (const auto& endpoint : standing.endpoints) {
    row[4] = endpoint.address;
    row[5] = endpoint.locality.empty() ? "-" : endpoint.locality;
    row[6] = share_text(endpoint);
    rows.push_back(row);
    row = Row(row.size());
  }
}

std::string losses_text(const std::vector<Shown>& all) {
  std::string text;
  for (const auto& [cluster, standing] : all) {
    const std::string where = (cluster.empty() ? "" : cluster + ": ") + standing.host +
                              (standing.port == 0 ? "" : ":" + std::to_string(standing.port)) + ": ";
    for (const std::string& loss : standing.losses) text += escape_controls(where + loss) + "\n";
  }
  return text.empty() ? "" : "\n" + text;
}

std::string table(const std::vector<Shown>& all) {
  std::vector<Row> rows{{"CLUSTER", "HOST", "PORT", "MODE", "ENDPOINT", "LOCALITY", "SHARE", "EJECTED AFTER",
                         "TRIED AGAIN", "CONNECT TIMEOUT"}};
  for (const Shown& shown : all) add_rows(shown, rows);
  if (rows.size() == 1) return "no host with endpoints in several localities\n";
  if (all.front().cluster.empty()) {
    for (Row& row : rows) row.erase(row.begin());
  }
  return aligned(rows) + losses_text(all);
}

// ---- for programs

Json time_json(const std::optional<std::chrono::milliseconds>& time) {
  return time ? Json(istio_duration_text(*time)) : Json();
}

Json number_json(const std::optional<int64_t>& number) { return number ? Json(*number) : Json(); }

Json json_of(const std::optional<Detection>& detection) {
  if (!detection) return nullptr;
  return {{"consecutiveGatewayErrors", number_json(detection->gateway_errors)},
          {"consecutive5xxErrors", number_json(detection->server_errors)},
          {"interval", time_json(detection->interval)},
          {"baseEjectionTime", time_json(detection->base_ejection_time)},
          {"maxEjectionPercent", number_json(detection->max_ejection_percent)},
          {"minHealthPercent", number_json(detection->min_health_percent)}};
}

Json json_of(const StandingFailover::Route& route) {
  Json retries;
  if (route.retries) {
    retries = {{"attempts", route.retries->attempts},
               {"retryOn", route.retries->retry_on},
               {"perTryTimeout", time_json(route.retries->per_try_timeout)},
               {"retryRemoteLocalities", route.retries->remote_localities}};
  }
  return {{"virtualService", route.service},
          {"field", route.field},
          {"retries", std::move(retries)},
          {"timeout", time_json(route.timeout)}};
}

Json json_of(const Shown& shown) {
  const StandingFailover& standing = shown.standing;
  Json json{{"host", standing.host},
            {"port", standing.port},
            {"protocol", standing.protocol},
            {"mode", text(standing.mode)},
            {"serviceEntry", standing.entry.name_space + "/" + standing.entry.name},
            {"destinationRule", standing.rule},
            {"endpoints", Json::array()},
            {"outlierDetection", json_of(standing.detection)},
            {"connectTimeout", time_json(standing.connect_timeout)},
            {"routes", Json::array()},
            {"losses", standing.losses}};
  if (!shown.cluster.empty()) json["cluster"] = shown.cluster;
  if (standing.port == 0) json["port"] = nullptr;
  for (const auto& endpoint : standing.endpoints) {
    Json shares = Json::array();
    for (const auto& [from, share] : endpoint.shares) shares.push_back({{"from", from}, {"share", share}});
    json["endpoints"].push_back(
        {{"address", endpoint.address}, {"locality", endpoint.locality}, {"shares", std::move(shares)}});
  }
  for (const auto& route : standing.routes) json["routes"].push_back(json_of(route));
  return json;
}

// ----

/// What may be about hosts, too. Stops with kUsage where it is in files.
std::string unreadable(const std::vector<LintMesh>& meshes, const ShowFlags& flags) {
  std::string notes;
  for (const LintMesh& mesh : meshes) {
    for (const UnreadableObject& object : mesh.unreadable()) {
      const std::string text = object.place + ": " + object.object() + ": " + object.error;
      if (flags.on_files()) stop(kUsage, text);
      notes += "note: " + escape_controls(text) + "\n";
    }
  }
  return notes;
}

Ended show(const ShowFlags& flags) {
  check_mesh_places(flags);
  const OutputForm form = form_or_stop(flags.output);
  const std::string host = canonical_host(flags.host);
  const auto meshes = read_meshes(flags, flags.files).meshes;
  std::vector<Shown> all;
  for (size_t i = 0; i < meshes.size(); ++i) {
    for (StandingFailover& standing : standing_failovers(meshes[i])) {
      if (!host.empty() && standing.host != host) continue;
      if (!flags.name_space.empty() && standing.entry.name_space != flags.name_space) continue;
      all.push_back({flags.contexts.empty() ? "" : flags.contexts[i], std::move(standing)});
    }
  }
  if (!host.empty() && all.empty()) {
    stop(flags.on_files() ? kUsage : kRefused,
         "no ServiceEntry for " + quote(flags.host) +
             " has endpoints in several localities: nothing fails over; meshdnsctl failover create " +
             shell_word(host) + " says what it takes");
  }
  Json json = Json::array();
  for (const Shown& shown : all) json.push_back(json_of(shown));
  return {0, in_form(form, table(all), json), "", unreadable(meshes, flags)};
}

}  // namespace

void add_failover_show(CtlCommand& failover) {
  CtlCommand command = failover.add("show", "Show how hosts fail over, and what is lost as they do",
                                    "  # All hosts whose endpoints are in several localities\n"
                                    "  meshdnsctl failover show --context west --context east\n"
                                    "\n"
                                    "  # One of them, for a program\n"
                                    "  meshdnsctl failover show serverservice04.bar.global -o json\n");
  const auto flags = std::make_shared<ShowFlags>();
  command.option("HOST", flags->host, "NAME.NAMESPACE.ZONE; without it, all", "");
  add_mesh_cluster_flags(command, *flags, "all; that of objects in FILE that say none: default");
  add_mesh_file_flag(command, *flags);
  add_output_flag(command, flags->output);
  command.runs([flags] { return show(*flags); });
}

}  // namespace meshdns
