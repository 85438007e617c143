#include "zone/record_text.h"

#include <ldns/ldns.h>
#include <strings.h>

#include <charconv>
#include <memory>
#include <stdexcept>
#include <vector>

namespace meshdns {
namespace {

/// RFC 3597 §5: of TYPE65280 or CLASS7; ldns takes TYPE70000 and TYPE1x as well.
std::optional<uint16_t> parse_number(std::string_view digits) {
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number == 0) return std::nullopt;
  return number;
}

}  // namespace

std::string record_text(const Name& owner, std::span<const uint8_t> record) {
  constexpr size_t kPointer = 2;  // the compressed owner
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
