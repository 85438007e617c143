#include "zone/rdata_text.h"

#include <ldns/ldns.h>

#include <charconv>
#include <memory>

#include "zone/field_text.h"
#include "zone/octets.h"
#include "zone/record_text.h"
#include "zone/rr_type.h"
#include "zone/service_parameters.h"

namespace meshdns {
namespace {

using RrPtr = std::unique_ptr<ldns_rr, void (*)(ldns_rr*)>;
using Rdata = Result<std::vector<uint8_t>>;

constexpr size_t kMaxRdata = 65535;

/// What ldns knows of a type's fields; nothing where the type is only a number to it.
const ldns_rr_descriptor* descriptor(uint16_t type) {
  const ldns_rr_descriptor* known = ldns_rr_descript(type);
  if (known == nullptr || known->_name == nullptr || known->_type != type) return nullptr;
  return ldns_rr_descriptor_field_type(known, 0) == LDNS_RDF_TYPE_UNKNOWN ? nullptr : known;
}

std::vector<uint8_t> rdata_of(const ldns_rr& rr) {
  std::vector<uint8_t> rdata;
  for (size_t i = 0; i < ldns_rr_rd_count(&rr); ++i) {
    const ldns_rdf* field = ldns_rr_rdf(&rr, i);
    rdata.insert(rdata.end(), ldns_rdf_data(field), ldns_rdf_data(field) + ldns_rdf_size(field));
  }
  return rdata;
}

/// Whether a client that knows the type can read it: its fields fill the RDATA, and no name is compressed.
bool is_well_formed(uint16_t type, const std::vector<uint8_t>& rdata) {
  std::vector<uint8_t> wire{0};  // owned by the root
  append16(wire, type);
  append16(wire, LDNS_RR_CLASS_IN);
  append32(wire, 0);
  append16(wire, rdata.size());
  wire.insert(wire.end(), rdata.begin(), rdata.end());
  ldns_rr* parsed = nullptr;
  size_t at = 0;
  if (ldns_wire2rr(&parsed, wire.data(), wire.size(), &at, LDNS_SECTION_ANSWER) != LDNS_STATUS_OK) return false;
  const RrPtr rr(parsed, ldns_rr_free);
  return ldns_rr_rd_count(rr.get()) >= ldns_rr_descriptor_minimum(descriptor(type)) && rdata_of(*rr) == rdata;
}

/// What the fields of a type ask of each other.
Rdata checked(uint16_t type, std::vector<uint8_t> rdata) {
  if (type == rr_type::kSvcb || type == rr_type::kHttps) {
    if (auto error = check_service_parameters(rdata)) return *std::move(error);
  }
  return rdata;
}

/// RFC 3597 §5: `tokens` are those behind \#.
Rdata parse_generic(uint16_t type, std::span<const ZoneToken> tokens) {
  const std::string form = "\\# LENGTH HEX (RFC 3597 §5)";
  if (tokens.empty()) return Error{"\\# alone, expected " + form};
  const auto length = parse_number(tokens[0].text, kMaxRdata);
  if (!length) return expected(tokens[0], "a length of 0–65535 in " + form);
  std::string digits;
  for (const ZoneToken& token : tokens.subspan(1)) digits += token.text;
  if (digits.size() != size_t{*length} * 2) {
    return Error{"found " + std::to_string(digits.size()) + " hexadecimal digits, expected " +
                 std::to_string(*length * 2) + " for " + std::to_string(*length) + " octets"};
  }
  std::vector<uint8_t> rdata(*length);
  for (size_t i = 0; i < rdata.size(); ++i) {
    const char* pair = digits.data() + 2 * i;
    const auto [end, error] = std::from_chars(pair, pair + 2, rdata[i], 16);
    if (error != std::errc() || end != pair + 2)
      return Error{"found '" + std::string(pair, 2) + "', expected hexadecimal digits in " + form};
  }
  if (descriptor(type) != nullptr && !is_well_formed(type, rdata)) {
    return Error{"these octets are no " + type_text(type) + ", expected its fields without compressed names"};
  }
  return checked(type, std::move(rdata));
}

}  // namespace

std::string absolute_name(std::string_view text, std::string_view origin) {
  if (text == "@") return std::string(origin);
  const size_t last = text.find_last_not_of('\\', text.size() - 2);  // before the backslashes before the last character
  const bool dot_is_escaped = text.size() > 1 && (text.size() - 2 - last) % 2 != 0;
  std::string name(text);
  if (text.ends_with('.') && !dot_is_escaped) return name;
  name += '.';
  if (origin != ".") name += origin;
  return name;
}

std::optional<uint32_t> parse_ttl(std::string_view text) {
  constexpr uint64_t kMost = 0x7fffffff;
  uint64_t seconds = 0;
  bool in_units = false;
  while (!text.empty()) {
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number > kMost) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    if (text.empty()) {
      if (in_units) return std::nullopt;
      return static_cast<uint32_t>(number);
    }
    in_units = true;
    constexpr std::string_view kUnits = "smhdwSMHDW";
    constexpr uint64_t kSeconds[] = {1, 60, 3600, 86400, 604800};
    const size_t unit = kUnits.find(text[0]);
    if (unit == std::string_view::npos) return std::nullopt;
    seconds += number * kSeconds[unit % 5];
    if (seconds > kMost) return std::nullopt;
    text.remove_prefix(1);
  }
  if (!in_units) return std::nullopt;
  return static_cast<uint32_t>(seconds);
}

Rdata parse_rdata(uint16_t type, std::span<const ZoneToken> tokens, std::string_view origin) {
  if (!tokens.empty() && tokens[0].text == "\\#" && !tokens[0].quoted) return parse_generic(type, tokens.subspan(1));
  const ldns_rr_descriptor* known = descriptor(type);
  if (known == nullptr)
    return Error{"the fields of " + type_text(type) + " are not known, expected \\# LENGTH HEX (RFC 3597 §5)"};
  const auto fields = plain_fields(type, tokens, origin);
  if (!fields) return Error{fields.error()};

  const std::string line = std::string(". 0 IN ") + known->_name + *fields;
  ldns_rr* parsed = nullptr;
  const ldns_status status = ldns_rr_new_frm_str(&parsed, line.c_str(), 0, nullptr, nullptr);
  if (status != LDNS_STATUS_OK) {
    return Error{"found '" + shown(tokens) + "', expected the fields of " + known->_name + ": " +
                 ldns_get_errorstr_by_id(status)};
  }
  const RrPtr rr(parsed, ldns_rr_free);
  std::vector<uint8_t> rdata = rdata_of(*rr);
  if (rdata.size() > kMaxRdata || !is_well_formed(type, rdata)) {
    return Error{std::string("these are no fields of ") + known->_name};
  }
  return checked(type, std::move(rdata));
}

}  // namespace meshdns
