// meshdnsctl stub status: whether the delegation stands as it was installed.

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cmd/ctl/command.h"
#include "cmd/ctl/output.h"
#include "cmd/ctl/stub.h"
#include "cmd/ctl/stub_dns.h"
#include "cmd/ctl/stub_flags.h"
#include "cmd/ctl/stub_installation.h"
#include "cmd/text_value.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

/// One place, against what the record says of it.
Json state_of(const PlannedChange& change, const std::optional<StubRecord>& record, const Name& zone) {
  Json state{{"place", change.site.target.text()}};
  const auto servers =
      value_or_stop(stub_servers(change.site.form, change.now, zone), kFailed, change.site.target.text() + ": ");
  state["servers"] = servers.value_or(std::vector<std::string>());
  const RecordedChange* recorded = record ? record->change_of(change.site.target) : nullptr;
  const bool drifted = record && (!servers || recorded == nullptr || !record->has_servers(*servers));
  if (!servers) {
    state["state"] = record ? "gone" : "not delegated";
  } else if (recorded == nullptr) {
    state["state"] = "delegated, but not by meshdnsctl: there is no backup";
  } else if (drifted) {
    state["state"] = "other servers than were installed: " + joined(record->servers);
  } else {
    state["state"] =
        recorded->is_as_written(change.now) ? "as installed" : "as installed, and edited by others elsewhere";
  }
  state["drift"] = drifted;
  return state;
}

std::string text_of(const Json& status) {
  std::string text =
      "zone:   " + status["zone"].get<std::string>() + "\n" + "backup: " + status["backup"].get<std::string>() + "\n";
  for (const Json& place : status["places"]) {
    std::string line = place["place"].get<std::string>() + ": " + place["state"].get<std::string>();
    if (!place["servers"].empty()) line += " (" + joined(place["servers"].get<std::vector<std::string>>()) + ")";
    text += escape_controls(line) + "\n";
  }
  return text;
}

Ended status(const StubFlags& flags) {
  const auto form = form_or_stop(flags.output);
  const Name zone = zone_of(flags);
  check_flags(flags);
  Cluster cluster = value_or_stop(Cluster::open(flags.cluster), kFailed);
  const StubInstallation installation(cluster, flags.name_space, zone);
  const StubPlan plan = installation.plan_remove(sites_of(read_dns(cluster, flags), zone));
  const auto& record = plan.stored.record;
  Json status{{"zone", zone.text()},
              {"backup", !record            ? "none"
                         : record->verified ? "ConfigMap " + plan.stored.map.name_space + "/" + plan.stored.map.name
                                            : "of an installation that was cut off: install again, or remove"},
              {"places", Json::array()}};
  bool drift = record && !record->verified;
  for (const PlannedChange& change : plan.changes) {
    status["places"].push_back(state_of(change, record, zone));
    drift = drift || status["places"].back()["drift"].get<bool>();
  }
  return {drift ? kFailed : 0, "", in_form(form, text_of(status), status)};
}

}  // namespace

void add_stub_status(CtlCommand& stub) {
  CtlCommand command = stub.add("status", "Say whether the zone's delegation stands as it was installed",
                                "  # Exits with 1 where it has drifted\n"
                                "  meshdnsctl stub status\n");
  const auto flags = std::make_shared<StubFlags>();
  add_zone_flag(command, *flags);
  add_dns_flags(command, *flags);
  add_output_flag(command, flags->output);
  command.runs([flags] { return status(*flags); });
}

}  // namespace meshdns
