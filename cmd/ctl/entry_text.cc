#include "cmd/ctl/entry_text.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "cmd/ctl/mesh_file.h"
#include "cmd/ctl/stop.h"
#include "cmd/ctl/unified_diff.h"
#include "cmd/text_value.h"
#include "k8s/istio/service_entry.h"
#include "k8s/mesh/entry_manifest.h"
#include "k8s/mesh/host_objects.h"
#include "k8s/mesh/manifest_text.h"
#include "k8s/mesh/vip_choice.h"
#include "zone/unix_time.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

/// The objects of all files that are of one kind, and where they stand.
template <class View>
struct InFiles {
  std::vector<View> views;
  std::vector<std::pair<size_t, size_t>> places;  // file, object
};

class Files {
 public:
  explicit Files(const MeshFlags& flags) : dry_run_(flags.dry_run) {
    for (const std::string& name : flags.files) {
      MeshFile file = read_mesh_file(name);
      const std::string shown = name == "-" ? "standard input" : name;
      names_.push_back(shown);
      texts_.push_back(value_or_stop(ManifestText::parse(std::move(file.text), shown), kUsage));
    }
  }

  /// A file's object alone shows whether it is one.
  template <class View>
  InFiles<View> views(const std::string& kind, Result<View> (*parse)(std::string_view, std::string_view)) const {
    InFiles<View> all;
    for (size_t file = 0; file < texts_.size(); ++file) {
      const auto& objects = texts_[file].objects();
      for (size_t i = 0; i < objects.size(); ++i) {
        if (objects[i].kind != kind || !objects[i].api_version.starts_with("networking.istio.io/")) continue;
        all.views.push_back(value_or_stop(parse(objects[i].json, "default"), kUsage, objects[i].place + ": "));
        all.places.emplace_back(file, i);
      }
    }
    return all;
  }

  VipHolders holders() const {
    VipHolders holders;
    for (const ManifestText& text : texts_) {
      for (const ManifestObject& object : text.objects()) {
        if (!object.is_service_entry()) continue;
        if (const auto entry = parse_service_entry(object.json)) holders.add(*entry, object.place);
      }
    }
    return holders;
  }

  const ManifestObject& object(std::pair<size_t, size_t> place) const {
    return texts_[place.first].objects()[place.second];
  }

  /// The object's place in the file that is changed. Stops with kUsage where it is in another.
  size_t changeable(std::pair<size_t, size_t> place) const {
    if (place.first == 0) return place.second;
    stop(kUsage, object(place).place + ": this " + object(place).kind +
                     " is the host's, expected it in the first --file, " + names_[0] + ": that one is changed");
  }

  /// `json` in the place of that object, with as few octets changed as can be; a new document where there is none.
  void put(std::optional<size_t> index, const std::string& json) {
    if (!index) return set(texts_[0].with(nlohmann::ordered_json::parse(json)));
    const Json before = Json::parse(texts_[0].objects()[*index].json);
    const Json patch = Json::diff(before, Json::parse(json));
    if (patch.empty()) return;
    if (auto edited = texts_[0].patched(*index, patch.dump())) return set(std::move(edited));
    remove(*index);
    set(texts_[0].with(nlohmann::ordered_json::parse(json)));
  }

  void remove(size_t index) { set(texts_[0].without(index)); }

  Ended printed(const std::string& before, const std::vector<std::string>& notes = {}) const {
    const std::string& now = texts_[0].text();
    std::string lines;
    for (const std::string& note : notes) lines += "note: " + escape_controls(note) + "\n";
    return {0, dry_run_ ? unified_diff(names_[0], before, now) : now, "", lines};
  }

  const std::string& text() const { return texts_[0].text(); }

 private:
  void set(Result<std::string> text) {
    texts_[0] = value_or_stop(ManifestText::parse(value_or_stop(std::move(text), kUsage), names_[0]), kUsage);
  }

  const bool dry_run_;
  std::vector<std::string> names_;
  std::vector<ManifestText> texts_;
};

std::optional<size_t> find_entry(const Files& files, const MeshHost& host) {
  const auto entries = files.views<MeshEntry>("ServiceEntry", parse_mesh_entry);
  const auto found = value_or_stop(entry_of_host(entries.views, host), kUsage);
  return found ? std::optional(files.changeable(entries.places[*found])) : std::nullopt;
}

/// The namespace of the host's entry, where its rule is looked for.
std::string entry_name_space(const Files& files, const MeshHost& host) {
  const auto entries = files.views<MeshEntry>("ServiceEntry", parse_mesh_entry);
  const auto found = value_or_stop(entry_of_host(entries.views, host), kUsage);
  return found ? entries.views[*found].name_space : host.name_space;
}

std::optional<size_t> find_rule(const Files& files, const MeshHost& host, const std::string& name_space) {
  const auto rules = files.views<DestinationRule>("DestinationRule", parse_destination_rule);
  const auto found = value_or_stop(rule_of_host(rules.views, host, name_space), kUsage);
  return found ? std::optional(files.changeable(rules.places[*found])) : std::nullopt;
}

std::string json_of(const Files& files, std::optional<size_t> index) {
  return index ? files.object({0, *index}).json : "";
}

void require_alone(const Files& files, std::optional<size_t> entry) {
  if (!entry) return;
  const auto error = shared_entry(value_or_stop(parse_mesh_entry(json_of(files, entry)), kUsage));
  if (error) stop(kUsage, error->message);
}

std::vector<PresentVips> present(const Files& files, std::optional<size_t> index) {
  if (!index) return {};
  const ManifestObject& object = files.object({0, *index});
  return {{object.place, entry_vips(value_or_stop(parse_mesh_entry(object.json), kUsage))}};
}

}  // namespace

Ended create_in_files(const EntryRequest& request, const MeshFlags& flags, const std::vector<std::string>& notes) {
  Files files(flags);
  const std::string before = files.text();
  EntryWish wish = request.wish;
  const auto entry = find_entry(files, wish.host);
  wish.rule_name_space = entry_name_space(files, wish.host);
  const auto rule = find_rule(files, wish.host, wish.rule_name_space);
  require_alone(files, entry);
  VipLedger ledger;
  const VipRules rules{request.pools, files.holders(), unix_now()};
  wish.addresses =
      value_or_stop(choose_vips(ledger, wish.host.text(), request.address, present(files, entry), rules), kUsage);
  const std::string entry_json = value_or_stop(entry_manifest(wish, json_of(files, entry)), kUsage);
  const std::string rule_json = value_or_stop(rule_manifest(wish, json_of(files, rule)), kUsage);
  if (!rule_json.empty()) files.put(rule, rule_json);
  files.put(find_entry(files, wish.host), entry_json);
  return files.printed(before, notes);
}

Ended delete_in_files(const MeshHost& host, const MeshFlags& flags) {
  Files files(flags);
  const std::string before = files.text();
  const auto services = files.views<VirtualService>("VirtualService", parse_virtual_service);
  for (const VirtualService& service : services.views) {
    const std::string field = sends_to(service, host);
    if (field.empty()) continue;
    stop(kUsage, service.object() + " sends requests to " + host.text() + " (" + field +
                     "), expected none: take that out before the entry goes");
  }
  const std::string name_space = entry_name_space(files, host);
  const auto entry = find_entry(files, host);
  require_alone(files, entry);
  if (entry) files.remove(*entry);
  const auto rule = find_rule(files, host, name_space);
  if (rule) files.remove(*rule);
  return files.printed(before);
}

}  // namespace meshdns
