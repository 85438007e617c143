#include "k8s/stub/stub_record.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kRecord = "record.json";
constexpr int kVersion = 1;

std::string before_key(const StubTarget& target) { return "before." + target.config_map + "." + target.key; }

Json change_json(const RecordedChange& change) {
  return {{"namespace", change.target.name_space},
          {"configMap", change.target.config_map},
          {"key", change.target.key},
          {"created", change.created},
          {"afterSha256", change.after_hash}};
}

StubRecord read(const std::map<std::string, std::string>& data) {
  const Json record = Json::parse(data.at(kRecord));
  if (record.at("version") != kVersion) throw std::out_of_range("version: another meshdnsctl has written it");
  StubRecord result;
  result.zone = record.at("zone").get<std::string>();
  result.servers = record.at("servers").get<std::vector<std::string>>();
  result.verified = record.at("verified").get<bool>();
  for (const Json& change : record.at("changes")) {
    RecordedChange read{{change.at("namespace").get<std::string>(), change.at("configMap").get<std::string>(),
                         change.at("key").get<std::string>()},
                        change.at("created").get<bool>(),
                        {},
                        change.at("afterSha256").get<std::string>()};
    const auto before = data.find(before_key(read.target));
    if (before != data.end()) read.before = before->second;
    result.changes.push_back(std::move(read));
  }
  return result;
}

}  // namespace

bool RecordedChange::is_as_written(const std::optional<std::string>& now) const {
  return now && text_hash(*now) == after_hash;
}

bool StubRecord::has_servers(const std::vector<std::string>& texts) const {
  return std::ranges::is_permutation(servers, texts);
}

const RecordedChange* StubRecord::change_of(const StubTarget& target) const {
  const auto found = std::ranges::find(changes, target, &RecordedChange::target);
  return found == changes.end() ? nullptr : &*found;
}

std::string text_hash(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return hex.data();
}

std::string record_name(const Name& zone) {
  std::string name = "meshdns-stub-" + zone.text();
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    if (c == '_') c = '-';
  }
  return name;
}

std::string record_json(const StubRecord& record, const std::string& name_space, const std::string& resource_version) {
  Json changes = Json::array();
  Json data;
  for (const RecordedChange& change : record.changes) {
    changes.push_back(change_json(change));
    if (change.before) data[before_key(change.target)] = *change.before;
  }
  data[kRecord] = Json{
      {"version", kVersion},
      {"zone", record.zone},
      {"servers", record.servers},
      {"verified", record.verified},
      {"changes",
       changes}}.dump(2);
  const auto name = Name::parse(record.zone);
  Json object{
      {"apiVersion", "v1"},
      {"kind", "ConfigMap"},
      {"metadata",
       {{"name", record_name(name ? *name : Name())},
        {"namespace", name_space},
        {"labels", {{"app.kubernetes.io/managed-by", "meshdnsctl"}, {"app.kubernetes.io/part-of", "meshdns"}}}}},
      {"data", data}};
  if (!resource_version.empty()) object["metadata"]["resourceVersion"] = resource_version;
  return object.dump();
}

Result<StubRecord> parse_record(const std::map<std::string, std::string>& data) {
  try {
    return read(data);
  } catch (const std::exception& error) {
    return Error{"not a record of meshdnsctl stub: " + printable(error.what())};
  }
}

}  // namespace meshdns
