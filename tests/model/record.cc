#include "tests/model/record.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdio>
#include <map>

namespace meshdns::model {
namespace {

/// Where names stand in the data of a type: behind `before` octets, `names` of them.
struct Shape {
  size_t before;
  int names;
};

Shape shape_of(uint16_t type) {
  switch (type) {
    case type::kNs:
    case type::kCname:
    case type::kDname:
      return {0, 1};
    case type::kSoa:
      return {0, 2};
    case type::kMx:
    case type::kSvcb:
    case type::kHttps:
      return {2, 1};
    case type::kSrv:
      return {6, 1};
    default:
      return {0, 0};
  }
}

unsigned number(const std::string& octets, size_t at, size_t size) {
  unsigned value = 0;
  for (size_t i = at; i < at + size; ++i) value = value << 8 | static_cast<uint8_t>(octets[i]);
  return value;
}

std::string hex(const std::string& octets, size_t from) {
  std::string text;
  for (size_t i = from; i < octets.size(); ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", number(octets, i, 1));
    text += digits;
  }
  return text;
}

std::string address_text(const std::string& octets) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(octets.size() == 4 ? AF_INET : AF_INET6, octets.data(), text, sizeof text);
  return text;
}

std::string strings_text(const std::string& rdata) {
  std::string text;
  for (size_t at = 0; at < rdata.size(); at += 1 + number(rdata, at, 1)) {
    if (at > 0) text += ' ';
    text += '"' + label_text(rdata.substr(at + 1, number(rdata, at, 1))) + '"';
  }
  return text;
}

/// The only parameter that the zones have is port (RFC 9460 §7.2): key 3, two octets.
std::string service_parameters(const std::string& rdata, size_t from) {
  return from < rdata.size() ? " port=" + std::to_string(number(rdata, from + 4, 2)) : "";
}

std::string section_text(const char* title, std::vector<Record> records) {
  std::sort(records.begin(), records.end());
  std::string all;
  for (const Record& record : records) all += std::string("\n  ") + title + " " + text(record);
  return all;
}

const std::map<uint16_t, std::string> kTypes = {
    {type::kA, "A"},       {type::kNs, "NS"},       {type::kCname, "CNAME"}, {type::kSoa, "SOA"},     {type::kMx, "MX"},
    {type::kTxt, "TXT"},   {type::kAaaa, "AAAA"},   {type::kSrv, "SRV"},     {type::kDname, "DNAME"}, {type::kDs, "DS"},
    {type::kSvcb, "SVCB"}, {type::kHttps, "HTTPS"}, {type::kAny, "ANY"}};

const std::map<unsigned, std::string> kRcodes = {{rcode::kNoError, "NOERROR"},
                                                 {rcode::kNxDomain, "NXDOMAIN"},
                                                 {rcode::kRefused, "REFUSED"},
                                                 {rcode::kYxDomain, "YXDOMAIN"}};

}  // namespace

std::optional<Name> target_of(const Record& record) {
  const Shape shape = shape_of(record.type);
  if (shape.names != 1) return std::nullopt;
  return read_name(std::string_view(record.rdata).substr(shape.before));
}

Record folded(Record record) {
  const Shape shape = shape_of(record.type);
  size_t at = shape.before;
  for (int name = 0; name < shape.names; ++name) {
    while (const auto size = static_cast<size_t>(record.rdata[at++])) {
      for (const size_t end = at + size; at < end; ++at) record.rdata[at] = fold(record.rdata[at]);
    }
  }
  return record;
}

std::string type_text(uint16_t type) {
  const auto known = kTypes.find(type);
  return known == kTypes.end() ? "TYPE" + std::to_string(type) : known->second;
}

std::string rdata_text(const Record& record, const std::function<std::string(const Name&)>& name_text) {
  const std::string& rdata = record.rdata;
  const auto name_at = [&](size_t at) { return name_text(read_name(std::string_view(rdata).substr(at))); };
  const auto field = [&](size_t at, size_t size) { return std::to_string(number(rdata, at, size)); };
  switch (record.type) {
    case type::kA:
    case type::kAaaa:
      return address_text(rdata);
    case type::kNs:
    case type::kCname:
    case type::kDname:
      return name_at(0);
    case type::kMx:
      return field(0, 2) + " " + name_at(2);
    case type::kSrv:
      return field(0, 2) + " " + field(2, 2) + " " + field(4, 2) + " " + name_at(6);
    case type::kTxt:
      return strings_text(rdata);
    case type::kDs:
      return field(0, 2) + " " + field(2, 1) + " " + field(3, 1) + " " + hex(rdata, 4);
    case type::kSvcb:
    case type::kHttps:
      return field(0, 2) + " " + name_at(2) + service_parameters(rdata, 2 + wire_length(*target_of(record)));
    case type::kSoa: {
      const size_t contact = wire_length(read_name(rdata));
      size_t at = contact + wire_length(read_name(std::string_view(rdata).substr(contact)));
      std::string text = name_at(0) + " " + name_at(contact);
      for (int i = 0; i < 5; ++i, at += 4) text += " " + field(at, 4);
      return text;
    }
    default:
      return "\\# " + std::to_string(rdata.size()) + " " + hex(rdata, 0);
  }
}

std::string text(const Record& record) {
  const auto absolute = [](const Name& name) { return text(name); };
  return text(record.owner) + " " + std::to_string(record.ttl) + " " + type_text(record.type) + " " +
         rdata_text(record, absolute);
}

std::string text(const Answer& answer) {
  const auto known = kRcodes.find(answer.rcode);
  return (known == kRcodes.end() ? "RCODE" + std::to_string(answer.rcode) : known->second) +
         (answer.authoritative ? " aa" : "") + section_text("answer", answer.answer) +
         section_text("authority", answer.authority) + section_text("additional", answer.additional);
}

}  // namespace meshdns::model
