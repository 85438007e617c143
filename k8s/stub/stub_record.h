#pragma once

// What `stub install` writes down before it changes anything, as a ConfigMap of its own beside what it changes: what stood there before, and
// the hash of what it wrote. So whoever finds the cluster in the middle of an installation can finish it or undo it, and a later edit
// by others is told from ours. Plain values.
//
//   ConfigMap meshdns-stub-ZONE
//     data["record.json"]                    StubRecord as JSON, without the texts
//     data["before.CONFIGMAP.KEY"]           the text that stood there; no such key: there was none

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/stub/stub_domain.h"
#include "zone/result.h"

namespace meshdns {

/// One key of one ConfigMap.
struct StubTarget {
  std::string name_space;
  std::string config_map;
  std::string key;

  std::string text() const { return "ConfigMap " + name_space + "/" + config_map + ", key " + key; }
  bool operator==(const StubTarget&) const = default;
};

struct RecordedChange {
  StubTarget target;
  bool created;                       // the ConfigMap is ours, too
  std::optional<std::string> before;  // nothing: there was no such key
  std::string after_hash;             // text_hash() of what was written

  /// Whether nobody has changed it since.
  bool is_as_written(const std::optional<std::string>& now) const;
};

struct StubRecord {
  std::string zone;
  std::vector<std::string> servers;  // as DnsServer::text()
  bool verified = false;             // false: the installation has not come to its end
  std::vector<RecordedChange> changes;

  /// Whether they are those that were installed, in whatever order.
  bool has_servers(const std::vector<std::string>& texts) const;

  /// Null where it has none.
  const RecordedChange* change_of(const StubTarget& target) const;
};

/// SHA-256 in hexadecimal.
std::string text_hash(std::string_view text);

/// The name of the ConfigMap.
std::string record_name(const Name& zone);

/// The whole ConfigMap as JSON; `resource_version`: of the one that it is to replace, empty where it is new.
std::string record_json(const StubRecord& record, const std::string& name_space, const std::string& resource_version);

/// What the data of such a ConfigMap says. The error names the field that is not what it should be.
Result<StubRecord> parse_record(const std::map<std::string, std::string>& data);

}  // namespace meshdns
