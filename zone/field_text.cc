#include "zone/field_text.h"

#include <ldns/ldns.h>
#include <netinet/in.h>
#include <strings.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "zone/name.h"
#include "zone/rdata_text.h"
#include "zone/record_text.h"

namespace meshdns {
namespace {

constexpr size_t kMaxText = LDNS_MAX_PACKETLEN - 2;  // what ldns takes of a record's fields

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// All of `text` as a decimal fraction within the bounds.
bool is_decimal(std::string_view text, double least, double most) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return error == std::errc() && end == text.data() + text.size() && value >= least && value <= most;
}

/// RFC 1876 §3: degrees, minutes and seconds twice, altitude, and up to three sizes.
bool is_location(std::span<const ZoneToken> tokens) {
  const auto take = [&tokens](double least, double most) {
    if (tokens.empty()) return false;
    std::string_view text = tokens[0].text;
    if (text.ends_with('m')) text.remove_suffix(1);
    if (!is_decimal(text, least, most)) return false;
    tokens = tokens.subspan(1);
    return true;
  };
  const auto take_angle = [&](double most, std::string_view directions) {
    if (!take(0, most)) return false;
    if (take(0, 59)) take(0, 59.999);
    if (tokens.empty() || tokens[0].text.size() != 1 || directions.find(tokens[0].text[0]) == std::string_view::npos)
      return false;
    tokens = tokens.subspan(1);
    return true;
  };
  if (!take_angle(90, "NS") || !take_angle(180, "EW") || !take(-100'000, 42'849'672.95)) return false;
  for (int sizes = 0; sizes < 3 && !tokens.empty(); ++sizes) {
    if (!take(0, 90'000'000)) return false;
  }
  return tokens.empty();
}

/// ldns leaks at what is none behind a gateway.
bool is_base64(const std::string& text) {
  ldns_rdf* octets = nullptr;
  const ldns_status status = ldns_str2rdf_b64(&octets, text.c_str());
  if (status == LDNS_STATUS_OK) ldns_rdf_deep_free(octets);
  return status == LDNS_STATUS_OK;
}

/// Writes the fields of one record in the one form that ldns takes as it is meant: one line, no comments, no
/// parentheses, strings in quotes, absolute names, octets beyond plain text as \DDD.
class FieldWriter {
 public:
  FieldWriter(const ldns_rr_descriptor& type, std::span<const ZoneToken> tokens, std::string_view origin)
      : type_(type), tokens_(tokens), origin_(origin) {}

  std::optional<Error> write() {
    if (type_._type == LDNS_RR_TYPE_LOC && !is_location(tokens_)) {
      return Error{"found '" + shown(tokens_) + "', expected a place as in 42 21 54 N 71 6 18 W -24m 30m"};
    }
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (auto error = write_field(i, field(i))) return error;
    }
    if (!key_.empty() && !is_base64(key_)) return Error{"found '" + key_.substr(0, 80) + "', expected a key in base64"};
    if (hex_digits_ % 2 != 0) return Error{"found an odd number of hexadecimal digits, expected two an octet"};
    if (line_.size() > kMaxText)
      return Error{"more than " + std::to_string(kMaxText) +
                   " characters of fields, expected \\# LENGTH HEX (RFC 3597 §5)"};
    return std::nullopt;
  }

  const std::string& line() const { return line_; }

 private:
  /// The field to which a token belongs; what has several tokens is the last.
  ldns_rdf_type field(size_t token) const {
    if (type_._type == LDNS_RR_TYPE_HIP) return token < 3 ? LDNS_RDF_TYPE_HIP : LDNS_RDF_TYPE_DNAME;
    const size_t most = ldns_rr_descriptor_maximum(&type_);
    return ldns_rr_descriptor_field_type(&type_, std::min(token, most - 1));
  }

  std::optional<Error> write_field(size_t i, ldns_rdf_type field) {
    const ZoneToken& token = tokens_[i];
    const bool is_string = field == LDNS_RDF_TYPE_STR || field == LDNS_RDF_TYPE_LONG_STR;
    if (token.quoted && !is_string) return expected(token, "no quotes");
    switch (field) {
      case LDNS_RDF_TYPE_STR:
      case LDNS_RDF_TYPE_LONG_STR:
        append_string(token.text);
        return std::nullopt;
      case LDNS_RDF_TYPE_DNAME:
        return write_name(token);
      case LDNS_RDF_TYPE_INT8:
      case LDNS_RDF_TYPE_ALG:
      case LDNS_RDF_TYPE_CERTIFICATE_USAGE:
      case LDNS_RDF_TYPE_SELECTOR:
      case LDNS_RDF_TYPE_MATCHING_TYPE:
        return write_number(token, std::numeric_limits<uint8_t>::max());
      case LDNS_RDF_TYPE_CERT_ALG:
        if (parse_number(token.text, 0)) return expected(token, "a certificate type (RFC 4398 §2.1)");
        [[fallthrough]];
      case LDNS_RDF_TYPE_INT16:
        return write_number(token, std::numeric_limits<uint16_t>::max());
      case LDNS_RDF_TYPE_INT32:
        return write_number(token, std::numeric_limits<uint32_t>::max());
      case LDNS_RDF_TYPE_TIME:
        if (token.text.size() != 14) return write_number(token, std::numeric_limits<uint32_t>::max());
        if (!std::ranges::all_of(token.text, is_digit)) return expected(token, "a time as YYYYMMDDHHmmSS");
        break;
      case LDNS_RDF_TYPE_PERIOD: {
        const auto seconds = parse_ttl(token.text);
        if (!seconds) return expected(token, "0–2147483647 seconds, or units as in 1h30m");
        append(std::to_string(*seconds));
        return std::nullopt;
      }
      case LDNS_RDF_TYPE_TYPE:
      case LDNS_RDF_TYPE_NSEC:
        if (!parse_type(std::string(token.text))) return expected(token, "a type");
        break;
      case LDNS_RDF_TYPE_HEX:
        hex_digits_ += token.text.size();
        break;
      case LDNS_RDF_TYPE_APL:
        if (!is_prefix_in_range(token.text)) return expected(token, "[!]FAMILY:ADDRESS/PREFIX");
        break;
      case LDNS_RDF_TYPE_IPSECKEY:
        return write_ipseckey(i);
      case LDNS_RDF_TYPE_WKS:
        return write_service(i);
      case LDNS_RDF_TYPE_HIP:
        if (i == 0) return write_number(token, std::numeric_limits<uint8_t>::max());
        if (i == 1 && token.text.size() % 2 != 0) return expected(token, "two hexadecimal digits an octet");
        break;
      case LDNS_RDF_TYPE_SVCPARAMS:
        if (auto error = check_service_parameter(token)) return error;
        break;
      default:
        break;
    }
    append(plain(token.text));
    return std::nullopt;
  }

  std::optional<Error> write_name(const ZoneToken& token) {
    const std::string name = absolute_name(token.text, origin_);
    const auto valid = Name::parse(name);
    if (!valid) return Error{valid.error()};
    // To ldns every name is the origin whose first label is "@", however it is written.
    if (valid->wire()[0] == 1 && valid->wire()[1] == '@')
      return expected(token, "such a name in the form \\# LENGTH HEX (RFC 3597 §5)");
    append(plain(name));
    return std::nullopt;
  }

  /// Words stay: they are mnemonics, of which ldns knows which are right.
  std::optional<Error> write_number(const ZoneToken& token, uint32_t most) {
    const bool is_word = !token.text.empty() && (std::isalpha(static_cast<unsigned char>(token.text[0])) != 0);
    if (!is_word && !parse_number(token.text, most)) return expected(token, "a number up to " + std::to_string(most));
    append(plain(token.text));
    return std::nullopt;
  }

  /// RFC 4025 §3.1: precedence, gateway type, algorithm, gateway, and a key that may have spaces.
  std::optional<Error> write_ipseckey(size_t i) {
    if (i < 3) return write_number(tokens_[i], std::numeric_limits<uint8_t>::max());
    if (i == 3 && tokens_[1].text == "3") return write_name(tokens_[i]);
    if (i < 4) {
      append(plain(tokens_[i].text));
      return std::nullopt;
    }
    if (i == 4) line_ += ' ';
    line_ += plain(tokens_[i].text);
    key_ += tokens_[i].text;
    return std::nullopt;
  }

  /// RFC 1035 §3.4.2: a protocol and ports. ldns asks the system for names, and takes those that it does not know for
  /// 0.
  std::optional<Error> write_service(size_t i) {
    const ZoneToken& token = tokens_[i];
    const std::string name(token.text);
    if (i == 1) {
      const char* number = strcasecmp(name.c_str(), "tcp") == 0   ? "6"
                           : strcasecmp(name.c_str(), "udp") == 0 ? "17"
                                                                  : nullptr;
      if (number == nullptr && !parse_number(name, std::numeric_limits<uint8_t>::max()))
        return expected(token, "TCP, UDP or a protocol of 0–255");
      append(number != nullptr ? number : name);
      return std::nullopt;
    }
    if (!parse_number(name, std::numeric_limits<uint16_t>::max())) return expected(token, "a port of 0–65535");
    append(name);
    return std::nullopt;
  }

  static bool is_prefix_in_range(std::string_view text) {
    const size_t slash = text.rfind('/');
    const uint32_t most = text.find(':') == text.rfind(':') ? 32 : 128;
    return slash != std::string_view::npos && parse_number(text.substr(slash + 1), most);
  }

  /// RFC 9460 §2.1: what ldns would drop (the same parameter twice), wrap (a port), or write beyond its buffer (an
  /// address that is too long).
  std::optional<Error> check_service_parameter(const ZoneToken& token) {
    const size_t equals = token.text.find('=');
    if (!service_keys_.insert(token.text.substr(0, equals)).second)
      return expected(token, "each service parameter once");
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = token.text.substr(0, equals);
    std::string_view value = token.text.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    constexpr uint32_t kPort = 3;
    constexpr uint32_t kIpv6Hint = 6;
    uint32_t number = key == "port" ? kPort : key == "ipv6hint" ? kIpv6Hint : 0;
    if (key.starts_with("key")) {
      const auto written = parse_number(key.substr(3), std::numeric_limits<uint16_t>::max());
      if (!written) return expected(token, "a service parameter");
      number = *written;
    }
    if (number == kPort && !parse_number(value, std::numeric_limits<uint16_t>::max()))
      return expected(token, "a port of 0–65535");
    if (number != kIpv6Hint) return std::nullopt;
    for (size_t at = 0; at <= value.size();) {
      const size_t end = std::min(value.find(',', at), value.size());
      if (end - at >= INET6_ADDRSTRLEN) return expected(token, "IPv6 addresses");
      at = end + 1;
    }
    return std::nullopt;
  }

  /// What is special to ldns or beyond ASCII as \DDD.
  static std::string plain(std::string_view text) {
    std::string out;
    for (size_t at = 0; at < text.size(); ++at) {
      const bool escaped = text[at] == '\\';
      if (escaped) ++at;
      const char c = text[at];
      const auto octet = static_cast<unsigned char>(c);
      const bool special = octet <= ' ' || octet >= 0x7f || std::string_view("();").find(c) != std::string_view::npos ||
                           (c == '"' && escaped);
      if (special) {
        append_octet(out, octet);
      } else {
        if (escaped) out += '\\';
        out += c;
      }
    }
    return out;
  }

  static void append_octet(std::string& out, unsigned octet) {
    out += {'\\', static_cast<char>('0' + octet / 100), static_cast<char>('0' + octet / 10 % 10),
            static_cast<char>('0' + octet % 10)};
  }

  void append(const std::string& field) {
    line_ += ' ';
    line_ += field;
  }

  void append_string(std::string_view text) { append('"' + plain(text) + '"'); }

  const ldns_rr_descriptor& type_;
  const std::span<const ZoneToken> tokens_;
  const std::string_view origin_;
  std::string line_;
  size_t hex_digits_ = 0;
  std::string key_;                          // IPSECKEY's
  std::set<std::string_view> service_keys_;  // those before, as they are written
};

}  // namespace

/// As much of the fields as a message has room for.
std::string shown(std::span<const ZoneToken> tokens) {
  constexpr size_t kMost = 80;
  std::string out;
  for (const ZoneToken& token : tokens) {
    if (out.size() > kMost) break;
    if (!out.empty()) out += ' ';
    out += token.text.substr(0, kMost);
  }
  return out.substr(0, kMost);
}

Error expected(const ZoneToken& found, const std::string& what) {
  return Error{"found '" + shown({&found, 1}) + "', expected " + what};
}

/// A number without sign, all of `text`.
std::optional<uint32_t> parse_number(std::string_view text, uint32_t most) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > most) return std::nullopt;
  return number;
}

Result<std::string> plain_fields(uint16_t type, std::span<const ZoneToken> tokens, std::string_view origin) {
  FieldWriter fields(*ldns_rr_descript(type), tokens, origin);
  if (auto error = fields.write()) return *std::move(error);
  return fields.line();
}

}  // namespace meshdns
