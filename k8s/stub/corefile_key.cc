#include "k8s/stub/corefile_key.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "k8s/api/api_objects.h"
#include "zone/reverse.h"

namespace meshdns {
namespace {

struct Scheme {
  std::string_view name;
  uint16_t port;
};

constexpr std::array<Scheme, 7> kSchemes{
    {{"dns", 53}, {"tls", 853}, {"quic", 853}, {"grpc", 443}, {"https3", 443}, {"https", 443}, {"unix", 0}}};

/// What stands before "://"; without one of these, all of it is the zone.
Scheme take_scheme(std::string_view& text) {
  for (const Scheme& scheme : kSchemes) {
    const std::string prefix = std::string(scheme.name) + "://";
    if (!text.starts_with(prefix)) continue;
    text.remove_prefix(prefix.size());
    return scheme;
  }
  return kSchemes[0];
}

std::optional<long> whole_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// "10.1.2.3/8" is 10.0.0.0/8 here.
std::optional<IpBlock> network(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = IpAddress::parse(text.substr(0, slash));
  const auto prefix = whole_number(text.substr(slash + 1));
  if (!address || !prefix || *prefix < 0 || *prefix > static_cast<long>(address->bytes().size() * 8))
    return std::nullopt;
  std::array<uint8_t, 16> bytes{};
  std::ranges::copy(address->bytes(), bytes.begin());
  for (auto bit = static_cast<size_t>(*prefix); bit < bytes.size() * 8; ++bit)
    bytes[bit / 8] &= static_cast<uint8_t>(~(0x80U >> (bit % 8)));
  const IpAddress base = address->is_v4() ? IpAddress::v4(std::span(bytes).first<4>()) : IpAddress::v6(bytes);
  return *IpBlock::parse(base.text() + "/" + std::to_string(*prefix));
}

}  // namespace

Result<std::vector<ZoneAddress>> parse_server_key(std::string_view text) {
  const auto error = [&](const std::string& expected) {
    return Error{"found '" + printable(text) + "', expected " + expected};
  };
  std::string_view host = text;
  const Scheme scheme = take_scheme(host);
  long port = scheme.port;
  if (host.ends_with(':')) return error("a port after the colon");
  if (const size_t colon = host.rfind(':'); colon != std::string_view::npos) {
    if (const auto number = whole_number(host.substr(colon + 1))) {
      if (*number < 0 || *number > 65535) return error("a port up to 65535");
      port = *number;
      host = host.substr(0, colon);
    }
  }
  std::vector<Name> zones;
  if (const auto block = network(host)) {
    if (host.starts_with(':') || (host.starts_with('0') && host.find(':') != std::string_view::npos))
      return error("a network that begins with neither 0 nor a colon");
    zones = reverse_apexes(*block);
  } else {
    if (host.ends_with('{')) return error("white space before the brace");
    const auto zone = Name::parse(host);
    if (!zone) return error("a zone, a network or a brace");
    zones.push_back(*zone);
  }
  std::vector<ZoneAddress> addresses;
  for (Name& zone : zones)
    addresses.push_back({std::string(scheme.name), std::move(zone), static_cast<uint16_t>(port)});
  return addresses;
}

}  // namespace meshdns
