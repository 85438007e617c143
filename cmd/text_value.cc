#include "cmd/text_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>

#include "cmd/duration.h"

namespace meshdns {
namespace {

using std::chrono::milliseconds;

constexpr size_t kQuoted = 100;  // octets: longer is a wrong file rather than a wrong value

Error expected(std::string_view found, const std::string& what) {
  return Error{"found " + quote(found) + ", expected " + what};
}

template <class T, size_t N>
Result<T> parse_choice(std::string_view text, const std::array<std::pair<std::string_view, T>, N>& choices) {
  std::string names;
  for (size_t i = 0; i < N; ++i) {
    if (choices[i].first == text) return choices[i].second;
    names += (i == 0 ? "" : i + 1 == N ? " or " : ", ") + std::string(choices[i].first);
  }
  return expected(text, names);
}

bool is_lower_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

std::string escape_controls(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string escaped;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x20 && octet != 0x7f) {
      escaped += c;
    } else {
      escaped += "\\x";
      escaped += kDigits[octet >> 4U];
      escaped += kDigits[octet & 0xfU];
    }
  }
  return escaped;
}

std::string quote(std::string_view text) {
  return "'" + escape_controls(text.substr(0, kQuoted)) + (text.size() > kQuoted ? "…'" : "'");
}

Result<uint32_t> parse_number(std::string_view text, uint32_t least, uint32_t most) {
  uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, number);
  if (failure == std::errc() && rest == end && number >= least && number <= most) return number;
  return expected(text, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

Result<milliseconds> parse_duration_within(std::string_view text, milliseconds least, milliseconds most) {
  const auto duration = parse_duration(text);
  if (!duration || (*duration >= least && *duration <= most)) return duration;
  return expected(text, "a duration from " + format_duration(least) + " to " + format_duration(most));
}

Result<SocketAddress> parse_socket_address(std::string_view text) {
  const auto error = [text](const std::string& hint) {
    return expected(text, "ADDRESS:PORT such as 127.0.0.1:53 or [::1]:53" + hint);
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return error("; the port is missing");
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto ip = IpAddress::parse(host);
  if (!bracketed && (IpAddress::parse(text) || (ip && !ip->is_v4()))) {
    return error("; an IPv6 address stands in brackets");
  }
  if (!ip || bracketed == ip->is_v4()) return error("");
  const auto port = parse_number(text.substr(colon + 1), 0, std::numeric_limits<uint16_t>::max());
  if (!port) return error("; a port is a number from 0 to 65535");
  return SocketAddress{*ip, static_cast<uint16_t>(*port)};
}

Result<IpAddress> parse_address(std::string_view text) {
  auto address = IpAddress::parse(text);
  if (address) return address;
  return expected(text, "an IP address");
}

Result<IpBlock> parse_block(std::string_view text) {
  auto block = IpBlock::parse(text);
  if (block) return block;
  return expected(text, "an IP address or a CIDR block such as 10.0.0.0/8; " + block.error());
}

Result<Name> parse_zone_name(std::string_view text) {
  auto name = Name::parse(text);
  if (!name) return expected(text, "a domain name; " + name.error());
  if (name->is_root() || name->is_wildcard()) return expected(text, "the name of a zone below the root");
  if (!Name::parse("hostmaster." + name->text())) return expected(text, "a name at least 11 octets shorter");
  return name;
}

Result<Name> parse_apex(std::string_view text) { return text == "." ? Result<Name>(Name()) : parse_zone_name(text); }

Result<Name> parse_host_name(std::string_view text) {
  auto name = Name::parse(text);
  if (!name) return expected(text, "a domain name; " + name.error());
  if (name->is_root() || name->is_wildcard()) return expected(text, "a host's name");
  return name;
}

Result<Name> parse_contact(std::string_view text) {
  const size_t at = text.find('@');
  if (at != std::string_view::npos) {
    return expected(text, "a mailbox as a name, a dot in place of the @, such as hostmaster.example.org");
  }
  auto name = Name::parse(text);
  if (!name) return expected(text, "a mailbox as a name, such as hostmaster.example.org; " + name.error());
  return name;
}

Result<uint32_t> parse_workers(std::string_view text) {
  constexpr uint32_t kMost = 1024;  // more threads than any machine has cores
  if (text == "auto") return uint32_t{0};
  auto number = parse_number(text, 1, kMost);
  if (number) return number;
  return Error{number.error() + ", or auto"};
}

Result<std::string> parse_path(std::string_view text) {
  if (!text.empty() && text.find('\0') == std::string_view::npos) return std::string(text);
  return expected(text, "the path of a manifest file or of a directory of them");
}

Result<std::string> parse_cluster(std::string_view text) {
  const auto fits = [](char c) {
    return is_lower_alphanumeric(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
  };
  if (!text.empty() && text.size() <= 63 && std::ranges::all_of(text, fits)) return std::string(text);
  return expected(text, "a name of up to 63 letters, digits, dots, hyphens and underscores");
}

Result<std::string> parse_namespace(std::string_view text) {
  const auto fits = [](char c) { return is_lower_alphanumeric(c) || c == '-'; };
  if (!text.empty() && text.size() <= 63 && std::ranges::all_of(text, fits) && is_lower_alphanumeric(text.front()) &&
      is_lower_alphanumeric(text.back())) {
    return std::string(text);
  }
  return expected(text, "a namespace: up to 63 lower-case letters, digits and hyphens");
}

Result<std::string> parse_identity(std::string_view text) {
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; };
  if (text.size() <= Identity::kMaxSize && std::ranges::none_of(text, is_control)) return std::string(text);
  return expected(text, "up to " + std::to_string(Identity::kMaxSize) + " octets without control characters");
}

Result<std::string> parse_version(std::string_view text) {
  return text == "hidden" ? Result<std::string>(std::string()) : parse_identity(text);
}

Result<Answer> parse_answer(std::string_view text) {
  return parse_choice<Answer, 2>(text, {{{"addresses", Answer::kAddresses}, {"endpoints", Answer::kEndpoints}}});
}

Result<CatalogOptions::Claims> parse_claims(std::string_view text) {
  using Claims = CatalogOptions::Claims;
  return parse_choice<Claims, 2>(text, {{{"any", Claims::kAny}, {"namespace", Claims::kNamespace}}});
}

Result<CatalogOptions::Conflicts> parse_conflicts(std::string_view text) {
  using Conflicts = CatalogOptions::Conflicts;
  return parse_choice<Conflicts, 2>(text, {{{"oldest", Conflicts::kOldest}, {"merge", Conflicts::kMerge}}});
}

Result<PublishRules::Visibility> parse_visibility(std::string_view text) {
  using Visibility = PublishRules::Visibility;
  return parse_choice<Visibility, 2>(text, {{{"public", Visibility::kPublic}, {"all", Visibility::kAll}}});
}

Result<PublishRules::WithoutAddress> parse_without_address(std::string_view text) {
  using WithoutAddress = PublishRules::WithoutAddress;
  return parse_choice<WithoutAddress, 3>(text, {{{"skip", WithoutAddress::kSkip},
                                                 {"default", WithoutAddress::kDefault},
                                                 {"endpoints", WithoutAddress::kEndpoints}}});
}

Result<IpAddress> parse_reachable_address(std::string_view text) {
  auto address = parse_address(text);
  if (address && address->is_unspecified()) return expected(text, "an address that can be reached");
  return address;
}

Result<LogLevel> parse_log_level(std::string_view text) {
  return parse_choice<LogLevel, 4>(text, {{{"debug", LogLevel::kDebug},
                                           {"info", LogLevel::kInfo},
                                           {"warn", LogLevel::kWarn},
                                           {"error", LogLevel::kError}}});
}

Result<LogFormat> parse_log_format(std::string_view text) {
  return parse_choice<LogFormat, 2>(text, {{{"text", LogFormat::kText}, {"json", LogFormat::kJson}}});
}

Result<bool> parse_bool(std::string_view text) {
  return parse_choice<bool, 2>(text, {{{"true", true}, {"false", false}}});
}

Result<QueryLog> parse_query_log(std::string_view text) {
  return parse_choice<QueryLog, 3>(
      text, {{{"none", QueryLog::kNone}, {"errors", QueryLog::kErrors}, {"all", QueryLog::kAll}}});
}

}  // namespace meshdns
