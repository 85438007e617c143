#include "cmd/ctl/object_plan.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "cmd/ctl/held_signals.h"
#include "cmd/ctl/stop.h"
#include "cmd/ctl/unified_diff.h"
#include "cmd/text_value.h"
#include "k8s/api/api_objects.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

// Others who edit are people or controllers: they do not come back within milliseconds for ever.
constexpr int kAttempts = 50;
constexpr std::chrono::milliseconds kPause{100};

constexpr int kNotFound = 404;
constexpr int kConflict = 409;
constexpr int kInvalid = 422;

/// As people read it: what the API server alone writes is left out.
std::string shown(const std::string& json) {
  if (json.empty()) return "";
  Json object = Json::parse(json);
  for (const char* field : {"managedFields", "resourceVersion", "uid", "generation", "creationTimestamp"}) {
    object.at("metadata").erase(field);
  }
  return yaml_text(OrderedJson::parse(object.dump()));
}

ApiRequest request(const ObjectChange& change, bool dry_run) {
  const std::string path = change.path + "?fieldManager=meshdnsctl" + (dry_run ? "&dryRun=All" : "");
  if (change.before.empty()) return {path, "POST", "application/json", change.after};
  if (!change.patch.empty()) return {path, "PATCH", "application/json-patch+json", change.patch};
  if (!change.after.empty()) return {path, "PUT", "application/json", change.after};
  Json options{{"apiVersion", "v1"},
               {"kind", "DeleteOptions"},
               {"preconditions", {{"uid", change.uid}, {"resourceVersion", change.resource_version}}}};
  if (dry_run) options["dryRun"] = Json::array({"All"});  // where there is a body, the query's is not read
  return {path, "DELETE", "application/json", options.dump()};
}

enum class Outcome : uint8_t {
  kDone,
  kConflict,   // others were faster
  kWebhook,    // a webhook refuses the dry run, or the object
  kWrong,      // the API server finds the object wrong
  kForbidden,  // and all else
};

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Outcome outcome_of(const ObjectChange& change, const ApiAnswer& answer) {
  if (answer.done()) return Outcome::kDone;
  const bool is_there = !change.before.empty();
  if (answer.status == kConflict || (answer.status == kNotFound && is_there)) return Outcome::kConflict;
  if (says(answer.trouble(), "admission webhook")) return Outcome::kWebhook;
  return answer.status == kInvalid || answer.status == 400 ? Outcome::kWrong : Outcome::kForbidden;
}

const char* verb(const ObjectChange& change) {
  return change.before.empty() ? "created" : change.after.empty() ? "deleted" : "changed";
}

/// One command, to its end.
class Carrying {
 public:
  explicit Carrying(const ObjectCommand& command) : command_(command) {}

  ChangeReport run() {
    try {
      for (int attempt = 0; attempt < kAttempts; ++attempt) {
        if (attempt > 0) command_.clusters.front().cluster().wait(kPause);
        plan_ = command_.plan();
        made_ = 0;
        if (!rehearse()) continue;
        if (command_.dry_run) return report();
        if (removes() && !std::exchange(settled_, true) && settle()) continue;
        if (!make_all()) continue;
        if (!removes() && !done_.empty()) settle();
        return report();
      }
    } catch (const Stop& stopped) {
      throw Stop{{stopped.ended.code, stopped.ended.text + how_to_go_on()}};
    }
    stop(kFailed, (trouble_.empty() ? "others edit the same objects all the time" : trouble_) +
                      "; try again when they are done" + how_to_go_on());
  }

 private:
  std::string text(const ObjectChange& change) const {
    return command_.clusters[change.cluster].prefix() + printable(change.object);
  }

  std::string trouble(const ObjectChange& change, const std::string& what) const { return text(change) + ": " + what; }

  Outcome ask(const ObjectChange& change, bool dry_run, std::string& said) {
    const auto answer = command_.clusters[change.cluster].cluster().ask(request(change, dry_run));
    if (!answer) {
      if (!dry_run) unknown_ = text(change);
      stop(kFailed, trouble(change, answer.error()));
    }
    Outcome outcome = outcome_of(change, *answer);
    if (outcome == Outcome::kWrong && !change.patch.empty() && has_changed(change)) outcome = Outcome::kConflict;
    said = outcome == Outcome::kDone ? answer->body : escape_controls(answer->trouble());
    const bool is_test = outcome == Outcome::kConflict && !change.patch.empty();
    if (outcome == Outcome::kConflict) trouble_ = trouble(change, is_test ? "others edit it all the time" : said);
    return outcome;
  }

  void require_done(const ObjectChange& change, Outcome outcome, const std::string& said) const {
    if (outcome != Outcome::kDone) stop(outcome == Outcome::kForbidden ? kFailed : kRefused, trouble(change, said));
  }

  /// A test of a patch that fails is answered as an object that is wrong: only another look tells.
  bool has_changed(const ObjectChange& change) {
    const auto answer = command_.clusters[change.cluster].cluster().get(change.path);
    if (!answer || !answer->done()) return true;
    const Json object = Json::parse(answer->body, nullptr, false);
    return !object.is_object() || object.at("metadata").at("resourceVersion") != change.resource_version;
  }

  bool removes() const {
    return std::ranges::any_of(plan_.changes(), [](const ObjectChange& change) { return change.after.empty(); });
  }

  /// Whether it took time.
  bool settle() {
    if (command_.settle.count() == 0) return false;
    command_.clusters.front().cluster().wait(command_.settle);
    return true;
  }

  /// False: plan again.
  bool rehearse() {
    diff_.clear();
    refusals_.clear();
    for (const ObjectChange& change : plan_.changes()) {
      std::string said;
      const Outcome outcome = ask(change, true, said);
      if (outcome == Outcome::kConflict) return false;
      if (outcome == Outcome::kWebhook && (command_.dry_run || says(said, "does not support dry run"))) {
        refusals_.push_back(trouble(change, said));
      } else {
        require_done(change, outcome, said);
      }
      if (!command_.dry_run) continue;
      const bool is_object = outcome == Outcome::kDone && !change.after.empty();
      diff_ += unified_diff(text(change), shown(change.before), shown(is_object ? said : change.after));
    }
    return true;
  }

  /// False: plan again.
  bool make_all() {
    const HeldSignals held;
    for (const ObjectChange& change : plan_.changes()) {
      std::string said;
      const Outcome outcome = ask(change, false, said);
      if (outcome == Outcome::kConflict) return false;
      require_done(change, outcome, said);
      ++made_;
      done_.push_back(text(change) + " " + verb(change));
    }
    return true;
  }

  ChangeReport report() const {
    ChangeReport report{command_.done, {}, {}, {}, plan_.notes()};
    if (command_.dry_run) {
      report.diff = diff_;
      for (const ObjectChange& change : plan_.changes()) report.places.push_back(text(change));
      for (const std::string& refusal : refusals_) {
        report.notes.push_back("the dry run was refused, so this is what is asked for: " + refusal);
      }
      report.said += plan_.changes().empty() ? " already" : " if this is no dry run";
    } else {
      report.places = done_;
      if (done_.empty()) report.said += " already";
    }
    return report;
  }

  /// Where some of it is done, or may be: an object each, and the commands.
  std::string how_to_go_on() const {
    if (command_.dry_run) return "";
    if (done_.empty() && unknown_.empty()) return "\nnothing has changed";
    std::string said = done_.empty() ? "" : "\ndone: " + joined(done_);
    if (!unknown_.empty()) said += "\nnot known whether it was done: " + unknown_;
    std::vector<std::string> missing;
    for (size_t i = made_; i < plan_.changes().size(); ++i) {
      if (text(plan_.changes()[i]) != unknown_) missing.push_back(text(plan_.changes()[i]));
    }
    if (!missing.empty()) said += "\nnot done: " + joined(missing);
    return said + "\nthe same command again finishes it" +
           (command_.undo.empty() ? "" : "; " + command_.undo + " undoes it");
  }

  const ObjectCommand& command_;
  ObjectPlan plan_;
  size_t made_ = 0;  // of the plan's changes
  bool settled_ = false;
  std::vector<std::string> done_;
  std::string unknown_;
  std::string trouble_;  // of the last conflict
  std::string diff_;
  std::vector<std::string> refusals_;
};

}  // namespace

void ObjectPlan::create(size_t cluster, MeshCluster& in, const ObjectKind& kind, const std::string& json) {
  const Json object = Json::parse(json);
  const auto name_space = object.at("metadata").at("namespace").get<std::string>();
  const auto name = object.at("metadata").at("name").get<std::string>();
  changes_.push_back(
      {cluster, kind.kind + " " + name_space + "/" + name, in.path_of(kind, name_space), "", "", "", json});
}

void ObjectPlan::replace(size_t cluster, const LiveObject& object, const std::string& json) {
  if (Json::parse(object.json) == Json::parse(json)) return;
  changes_.push_back(
      {cluster, object.meta.text(), object.path, object.meta.resource_version, object.meta.uid, object.json, json});
}

void ObjectPlan::patch(size_t cluster, const LiveObject& object, const std::string& operations,
                       const std::string& after) {
  Json patch = Json::parse(operations);
  if (patch.empty()) return;
  const Json test{{"op", "test"}, {"path", "/metadata/resourceVersion"}, {"value", object.meta.resource_version}};
  patch.insert(patch.begin(), test);
  changes_.push_back({cluster, object.meta.text(), object.path, object.meta.resource_version, object.meta.uid,
                      object.json, after, patch.dump()});
}

void ObjectPlan::remove(size_t cluster, const LiveObject& object) {
  changes_.push_back(
      {cluster, object.meta.text(), object.path, object.meta.resource_version, object.meta.uid, object.json});
}

ChangeReport carry_out(const ObjectCommand& command) { return Carrying(command).run(); }

}  // namespace meshdns
