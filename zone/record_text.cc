#include "zone/record_text.h"

#include <ldns/ldns.h>
#include <strings.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <stdexcept>
#include <vector>

#include "zone/rdata_text.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

/// RFC 3597 §5: of TYPE65280 or CLASS7; ldns takes TYPE70000 and TYPE1x as well.
std::optional<uint16_t> parse_number(std::string_view digits) {
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number == 0) return std::nullopt;
  return number;
}

/// RFC 3597 §5: the form that every type has.
std::string generic_text(std::span<const uint8_t> rdata) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\\# " + std::to_string(rdata.size()) + (rdata.empty() ? "" : " ");
  for (const uint8_t octet : rdata) text += {kDigits[octet >> 4], kDigits[octet & 15]};
  return text;
}

/// Whether the fields that ldns wrote are those that stand for `rdata`. They are not where a name has a quote or begins with "@", for the
/// services of WKS, or a time that wraps.
bool is_read_as(const std::string& fields, uint16_t type, std::span<const uint8_t> rdata) {
  if (type == rr_type::kA || type == rr_type::kAaaa) return true;  // most of what there is, and never wrong
  ZoneTextReader reader(fields);
  ZoneEntry entry;
  if (!reader.next(entry)) return false;
  const auto read = parse_rdata(type, entry.tokens, ".");
  return read && std::ranges::equal(*read, rdata);
}

}  // namespace

std::string record_text(const Name& owner, std::span<const uint8_t> record) {
  constexpr size_t kPointer = 2;        // the compressed owner
  constexpr size_t kRecordHeader = 12;  // what is before RDATA
  std::vector<uint8_t> wire(owner.wire().begin(), owner.wire().end());
  wire.insert(wire.end(), record.begin() + kPointer, record.end());

  ldns_rr* parsed = nullptr;
  size_t at = 0;
  const ldns_status status = ldns_wire2rr(&parsed, wire.data(), wire.size(), &at, LDNS_SECTION_ANSWER);
  if (status != LDNS_STATUS_OK) throw std::logic_error(ldns_get_errorstr_by_id(status));
  const std::unique_ptr<ldns_rr, void (*)(ldns_rr*)> rr(parsed, ldns_rr_free);
  const std::unique_ptr<char, void (*)(void*)> text(ldns_rr2str(rr.get()), std::free);
  std::string line(text.get());
  if (!line.empty() && line.back() == '\n') line.pop_back();
  // ldns escapes neither '$' nor '"', and so writes directives and quotes.
  line.replace(0, line.find('\t'), owner.is_root() ? "." : owner.text() + ".");

  size_t fields_at = 0;
  for (int tab = 0; tab < 4; ++tab) {  // behind owner, TTL, class and type
    fields_at = line.find('\t', fields_at) + 1;
    if (fields_at == 0) return line;  // no fields
  }
  const auto type = static_cast<uint16_t>(ldns_rr_get_type(rr.get()));
  const auto rdata = record.subspan(kRecordHeader);
  if (!is_read_as(line.substr(fields_at), type, rdata)) line.replace(fields_at, std::string::npos, generic_text(rdata));
  return line;
}

std::string type_text(uint16_t type) {
  const std::unique_ptr<char, void (*)(void*)> text(ldns_rr_type2str(static_cast<ldns_rr_type>(type)), std::free);
  return text.get();
}

std::string class_text(uint16_t klass) {
  const std::unique_ptr<char, void (*)(void*)> text(ldns_rr_class2str(static_cast<ldns_rr_class>(klass)), std::free);
  return text.get();
}

std::optional<uint16_t> parse_class(const std::string& text) {
  if (strncasecmp(text.c_str(), "CLASS", 5) == 0) return parse_number(text.substr(5));
  const ldns_rr_class klass = ldns_get_rr_class_by_name(text.c_str());
  if (klass == 0) return std::nullopt;
  return static_cast<uint16_t>(klass);
}

std::optional<uint16_t> parse_type(const std::string& text) {
  if (strncasecmp(text.c_str(), "TYPE", 4) == 0) return parse_number(text.substr(4));
  const ldns_rr_type type = ldns_get_rr_type_by_name(text.c_str());
  if (type == 0) return std::nullopt;
  return static_cast<uint16_t>(type);
}

}  // namespace meshdns
