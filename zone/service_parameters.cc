#include "zone/service_parameters.h"

#include <map>
#include <string>
#include <string_view>

namespace meshdns {
namespace {

using Octets = std::span<const uint8_t>;
using Parameters = std::map<uint16_t, Octets>;

// RFC 9460 §14.3.2
constexpr uint16_t kMandatory = 0;
constexpr uint16_t kAlpn = 1;
constexpr uint16_t kNoDefaultAlpn = 2;
constexpr uint16_t kPort = 3;
constexpr uint16_t kIpv4Hint = 4;
constexpr uint16_t kEch = 5;
constexpr uint16_t kIpv6Hint = 6;

uint16_t read16(Octets octets) { return static_cast<uint16_t>(octets[0] << 8 | octets[1]); }

std::string key_text(uint16_t key) {
  constexpr std::string_view kNames[] = {"mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint"};
  return key < std::size(kNames) ? std::string(kNames[key]) : "key" + std::to_string(key);
}

/// RFC 9460 §7.1.1: strings behind their lengths, none empty.
bool is_protocol_list(Octets value) {
  if (value.empty()) return false;
  while (!value.empty()) {
    const size_t length = value[0];
    if (length == 0 || length >= value.size()) return false;
    value = value.subspan(1 + length);
  }
  return true;
}

/// RFC 9460 §7.2, §7.3: how the value of a key has to be; nothing where it is so.
const char* wrong_value(uint16_t key, Octets value) {
  const auto are_addresses = [&](size_t size) { return !value.empty() && value.size() % size == 0; };
  switch (key) {
    case kAlpn:
      return is_protocol_list(value) ? nullptr : "protocols";
    case kNoDefaultAlpn:
      return value.empty() ? nullptr : "no value";
    case kPort:
      return value.size() == 2 ? nullptr : "a port of 0–65535";
    case kIpv4Hint:
      return are_addresses(4) ? nullptr : "IPv4 addresses";
    case kEch:
      return !value.empty() ? nullptr : "a value";
    case kIpv6Hint:
      return are_addresses(16) ? nullptr : "IPv6 addresses";
    default:
      return nullptr;
  }
}

/// RFC 9460 §8: keys that are there, each once, in ascending order, and not that of the list itself.
std::optional<Error> check_mandatory(Octets keys, const Parameters& parameters) {
  if (keys.empty() || keys.size() % 2 != 0) return Error{"the service parameter mandatory without keys, expected some"};
  for (uint16_t last = kMandatory; !keys.empty(); keys = keys.subspan(2)) {
    const uint16_t key = read16(keys);
    if (key <= last) {
      return Error{"mandatory has " + key_text(key) + " behind " + key_text(last) +
                   ", expected other keys than its own in ascending order (RFC 9460 §8)"};
    }
    if (!parameters.contains(key))
      return Error{"mandatory has " + key_text(key) + ", expected keys that the record has (RFC 9460 §8)"};
    last = key;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Error> check_service_parameters(Octets rdata) {
  const bool is_alias = read16(rdata) == 0;
  Octets left = rdata.subspan(2);
  while (left[0] != 0) left = left.subspan(1U + left[0]);
  left = left.subspan(1);
  if (is_alias && !left.empty()) return Error{"service parameters at priority 0, expected none (RFC 9460 §2.4.2)"};

  Parameters parameters;
  while (!left.empty()) {
    constexpr size_t kHeader = 4;  // the key and its value's length
    if (left.size() < kHeader || left.size() - kHeader < read16(left.subspan(2)))
      return Error{"a service parameter that is cut off, expected a key, a length and its value (RFC 9460 §2.2)"};
    const uint16_t key = read16(left);
    const Octets value = left.subspan(kHeader, read16(left.subspan(2)));
    left = left.subspan(kHeader + value.size());
    if (!parameters.empty() && key <= parameters.rbegin()->first) {
      return Error{"the service parameter " + key_text(key) + " behind " + key_text(parameters.rbegin()->first) +
                   ", expected each once, in ascending order of their keys (RFC 9460 §2.2)"};
    }
    if (const char* form = wrong_value(key, value)) {
      return Error{"a wrong value of the service parameter " + key_text(key) + ", expected " + form};
    }
    parameters.emplace(key, value);
  }
  if (parameters.contains(kNoDefaultAlpn) && !parameters.contains(kAlpn))
    return Error{"the service parameter no-default-alpn without alpn, expected both (RFC 9460 §7.1.1)"};
  const auto mandatory = parameters.find(kMandatory);
  return mandatory == parameters.end() ? std::nullopt : check_mandatory(mandatory->second, parameters);
}

}  // namespace meshdns
