#include "k8s/istio/service_entry.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "zone/unix_time.h"

namespace meshdns {
namespace {

namespace dom = simdjson::dom;

constexpr size_t kMaxText = 253;                       // a DNS name's length: enough to recognise what is meant
constexpr size_t kMaxStatusAddresses = 2 * kMaxHosts;  // istiod writes an IPv4 and an IPv6 address a host
constexpr size_t kMaxDepth = 10'000;                   // Go's, and so the API server's; the parser does not recurse
constexpr size_t kMaxExportTo = 4096;                  // namespaces; Istio has no limit, memory does

enum class Field { kAbsent, kRead, kWrong };

/// Reads the value at `key` into `value`; null is as good as absent.
template <class T>
Field read(const dom::object& parent, std::string_view key, T& value) {
  dom::element element;
  if (parent[key].get(element) != simdjson::SUCCESS || element.is_null()) return Field::kAbsent;
  return element.get(value) == simdjson::SUCCESS ? Field::kRead : Field::kWrong;
}

/// Calls `visit` with each item's index and value. False where there is no list, or one of more than `limit` items.
template <class Visit>
bool read_list(const dom::object& parent, std::string_view key, size_t limit, Visit visit) {
  dom::array items;
  const Field field = read(parent, key, items);
  if (field != Field::kRead) return field == Field::kAbsent;
  if (items.size() > limit) return false;
  size_t index = 0;
  for (const dom::element item : items) visit(index++, item);
  return true;
}

std::string item_path(std::string_view list, size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

bool is_object_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxText &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c < 0x7f && c != '/'; });
}

/// Fills `entry` from metadata; the error where that leaves it without identity.
std::string read_identity(const dom::object& object, ServiceEntry& entry) {
  dom::object metadata;
  std::string_view name;
  std::string_view ns;
  if (read(object, "metadata", metadata) != Field::kRead) return "expected metadata with a name";
  if (read(metadata, "name", name) != Field::kRead || !is_object_name(name)) {
    return "metadata.name: expected 1 to 253 printable characters without '/'";
  }
  if (read(metadata, "namespace", ns) == Field::kWrong || (!ns.empty() && !is_object_name(ns))) {
    return "metadata.namespace: expected up to 253 printable characters without '/'";
  }
  entry.name = name;
  entry.name_space = ns.empty() ? "default" : ns;
  std::string_view created;
  if (read(metadata, "creationTimestamp", created) == Field::kRead) {
    entry.created = rfc3339_seconds(created.substr(0, kMaxText)).value_or(0);
  }
  return {};
}

/// Reads a list of texts; an item of another type is skipped for `reason`.
bool read_texts(const dom::object& spec, std::string_view key, size_t limit, SkipReason reason, std::string expected,
                std::vector<std::string>& texts, std::vector<Skipped>& skipped) {
  return read_list(spec, key, limit, [&](size_t index, const dom::element& item) {
    std::string_view text;
    if (item.get(text) == simdjson::SUCCESS) {
      texts.emplace_back(text);
    } else {
      skipped.push_back({reason, item_path("spec." + std::string(key), index), expected});
    }
  });
}

void read_port(size_t index, const dom::element& item, ServiceEntry& entry) {
  dom::object port;
  int64_t number = 0;
  int64_t target = 0;
  std::string_view name;
  std::string_view protocol;
  if (item.get(port) != simdjson::SUCCESS || read(port, "name", name) != Field::kRead || name.empty() ||
      name.size() > kMaxText || read(port, "number", number) != Field::kRead || number < 1 || number > 65535 ||
      read(port, "protocol", protocol) == Field::kWrong || protocol.size() > kMaxText ||
      read(port, "targetPort", target) == Field::kWrong) {
    const std::string what = item_path("spec.ports", index) + (name.empty() ? "" : " " + std::string(name));
    entry.skipped.push_back(
        {SkipReason::kInvalidPort, shown(what), "expected a name, a number from 1 to 65535 and a protocol"});
    return;
  }
  entry.ports.push_back({std::string(name), static_cast<uint16_t>(number), std::string(protocol)});
  if (target != 0) entry.target_ports.emplace_back(name, target);
}

void read_endpoint(size_t index, const dom::element& item, ServiceEntry& entry) {
  dom::object endpoint;
  dom::object ports;
  std::string_view address;
  ServiceEntry::PortMap map;
  bool valid = item.get(endpoint) == simdjson::SUCCESS && read(endpoint, "address", address) != Field::kWrong;
  const Field has_ports = valid ? read(endpoint, "ports", ports) : Field::kWrong;
  if (has_ports == Field::kRead) {
    for (const auto& [name, value] : ports) {
      int64_t number = 0;
      valid &= value.get(number) == simdjson::SUCCESS;
      map.emplace_back(name, number);
    }
  }
  if (!valid || has_ports == Field::kWrong) {
    entry.skipped.push_back(
        {SkipReason::kInvalidAddress, item_path("spec.endpoints", index), "expected an address and a map of ports"});
    return;
  }
  entry.endpoints.push_back({std::string(address), std::move(map)});
}

/// Fills `entry` from spec. Where that makes the object unusable: the field, and what was expected of it.
std::pair<std::string, std::string> read_spec(const dom::object& object, ServiceEntry& entry) {
  dom::object spec;
  if (read(object, "spec", spec) != Field::kRead) return {"spec", "expected a mapping with hosts"};
  if (!read_texts(spec, "hosts", kMaxHosts, SkipReason::kInvalidHost, "expected a host name", entry.hosts,
                  entry.skipped) ||
      (entry.hosts.empty() && entry.skipped.empty())) {
    return {"spec.hosts", "expected a list of 1 to 256 host names"};
  }
  if (!read_texts(spec, "addresses", kMaxAddresses, SkipReason::kInvalidAddress,
                  "expected an IP address or a CIDR block", entry.addresses, entry.skipped)) {
    return {"spec.addresses", "expected a list of at most 256 addresses"};
  }
  if (!read_list(spec, "ports", kMaxPorts, [&](size_t index, const auto& item) { read_port(index, item, entry); })) {
    return {"spec.ports", "expected a list of at most 256 ports"};
  }
  if (!read_list(spec, "endpoints", kMaxEndpoints,
                 [&](size_t index, const auto& item) { read_endpoint(index, item, entry); })) {
    return {"spec.endpoints", "expected a list of at most 4096 endpoints"};
  }
  std::vector<Skipped> not_texts;
  if (!read_texts(spec, "exportTo", kMaxExportTo, SkipReason::kInvalidObject, "", entry.export_to, not_texts) ||
      !not_texts.empty()) {
    return {"spec.exportTo", "expected a list of namespaces, \".\" or \"*\""};
  }
  std::string_view resolution;
  if (read(spec, "resolution", resolution) == Field::kWrong) return {"spec.resolution", "expected a text such as DNS"};
  entry.resolution = resolution.substr(0, kMaxText);
  return {};
}

void read_status(const dom::object& object, ServiceEntry& entry) {
  dom::object status;
  if (read(object, "status", status) != Field::kRead) return;
  read_list(status, "addresses", kMaxStatusAddresses, [&](size_t, const dom::element& item) {
    dom::object address;
    std::string_view value;
    std::string_view host;
    if (item.get(address) != simdjson::SUCCESS || read(address, "value", value) != Field::kRead) return;
    if (read(address, "host", host) == Field::kWrong) return;
    entry.status_addresses.push_back({std::string(value), std::string(host)});
  });
}

}  // namespace

std::string shown(std::string_view text) {
  std::string result(text.substr(0, kMaxText));
  std::replace_if(
      result.begin(), result.end(), [](unsigned char c) { return c < ' ' || c >= 0x7f; }, '?');
  return result;
}

Result<ServiceEntry> parse_service_entry(std::string_view json) {
  thread_local dom::parser parser;  // keeps its buffers: a list is parsed object by object
  if (parser.capacity() == 0 && parser.allocate(64 << 10, kMaxDepth) != simdjson::SUCCESS)
    return Error{"out of memory"};
  dom::object object;
  if (const auto error = parser.parse(json.data(), json.size()).get(object)) {
    return Error{std::string("expected a JSON object: ") + simdjson::error_message(error)};
  }
  ServiceEntry entry;
  if (std::string error = read_identity(object, entry); !error.empty()) return Error{std::move(error)};
  if (auto [field, expected] = read_spec(object, entry); !field.empty()) {
    ServiceEntry unusable;
    unusable.name_space = std::move(entry.name_space);
    unusable.name = std::move(entry.name);
    unusable.created = entry.created;
    unusable.skipped.push_back({SkipReason::kInvalidObject, std::move(field), std::move(expected)});
    return unusable;
  }
  read_status(object, entry);
  return entry;
}

}  // namespace meshdns
