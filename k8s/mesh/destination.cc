#include "k8s/mesh/destination.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "k8s/istio/service_entry.h"
#include "zone/name.h"

namespace meshdns {
namespace {

constexpr std::string_view kClusterDomain = "cluster.local";
constexpr size_t kLongestLabel = 63;

Error expected(std::string_view text, const std::string& what) {
  return Error{"found \"" + shown(text) + "\", expected " + what};
}

/// All of the text, as a number from 0 to `most`.
std::optional<int64_t> number(std::string_view text, int64_t most) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > most) return std::nullopt;
  return value;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool is_label_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

/// An RFC 1123 label, as Istio demands of a subset.
bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= kLongestLabel && std::ranges::all_of(text, is_label_character) &&
         text.front() != '-' && text.back() != '-';
}

bool is_host(std::string_view text) {
  for (size_t at = 0;;) {
    const size_t dot = text.find('.', at);
    if (!is_label(text.substr(at, dot - at))) return false;
    if (dot == std::string_view::npos) return text.size() <= Name::kMaxLength - 2;
    at = dot + 1;
  }
}

}  // namespace

std::string Destination::text() const {
  return host + (port ? ":" + std::to_string(*port) : "") + (subset.empty() ? "" : "/" + subset);
}

Result<Destination> parse_destination(std::string_view text) {
  const std::string form = "HOST[:PORT][/SUBSET]";
  Destination destination;
  std::string_view rest = text;
  if (const size_t slash = rest.find('/'); slash != std::string_view::npos) {
    destination.subset = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
    if (!is_label(destination.subset)) return expected(text, form + ", SUBSET of lower-case letters, digits and -");
  }
  if (const size_t colon = rest.find(':'); colon != std::string_view::npos) {
    const auto port = number(rest.substr(colon + 1), std::numeric_limits<uint16_t>::max());
    if (port.value_or(0) == 0) return expected(text, form + ", PORT from 1 to 65535");
    destination.port = static_cast<uint16_t>(*port);
    rest = rest.substr(0, colon);
  }
  destination.host = canonical_host(rest);
  if (!is_host(destination.host)) return expected(text, form + ", HOST such as a.bar.global or a");
  return destination;
}

Result<WeightedDestination> parse_weighted_destination(std::string_view text) {
  const size_t equals = text.rfind('=');
  if (equals == std::string_view::npos) return expected(text, "DEST=WEIGHT, such as a.bar.global=50");
  auto destination = parse_destination(text.substr(0, equals));
  if (!destination) return Error{destination.error()};
  const auto weight = number(text.substr(equals + 1), std::numeric_limits<int32_t>::max());
  if (!weight) return expected(text, "DEST=WEIGHT, WEIGHT from 0 to 2147483647");
  return WeightedDestination{*std::move(destination), *weight};
}

std::string canonical_host(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  std::string canonical(host.size(), '\0');
  std::ranges::transform(host, canonical.begin(), lower);
  return canonical;
}

std::string full_host(std::string_view host, std::string_view name_space) {
  std::string full = canonical_host(host);
  const bool is_short = !host.starts_with('*') && host.find_first_of(".:") == std::string_view::npos;
  if (is_short) {
    full.append(".").append(name_space).append(".svc.").append(kClusterDomain);
  }
  return full;
}

}  // namespace meshdns
