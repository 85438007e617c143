#include "tests/model/queries.h"

#include <set>

namespace meshdns::model {
namespace {

void insert(std::set<Name>& names, const Name& name) {
  if (wire_length(name) <= kMostOctets) names.insert(name);
}

void insert_around(std::set<Name>& names, const Name& name) {
  insert(names, name);
  insert(names, child("n", name));
  insert(names, child("n", child("m", name)));
  insert(names, child("*", name));
}

/// A name below `owner` that is `octets` longer, of labels as long as they may be.
Name longer(Name owner, size_t octets) {
  while (octets > 1) {
    size_t label = std::min<size_t>(octets - 1, 63);
    if (octets - 1 - label == 1) --label;  // what is left must hold a label
    owner = child(std::string(label, 'z'), owner);
    octets -= label + 1;
  }
  return owner;
}

void insert_moved(std::set<Name>& names, const Record& dname, const std::vector<Zone>& zones) {
  const Name target = *target_of(dname);
  for (const Zone& zone : zones) {
    for (const Record& record : zone.records) {
      if (record.owner != target && is_within(record.owner, target))
        insert(names, replace_suffix(record.owner, target, dname.owner));
    }
  }
  for (const size_t result : {kMostOctets, kMostOctets + 1}) {
    if (wire_length(target) + 2 <= result) insert(names, longer(dname.owner, result - wire_length(target)));
  }
}

}  // namespace

std::vector<Name> interesting_names(const std::vector<Zone>& zones) {
  std::set<Name> names;
  insert_around(names, {"outside"});
  for (const Zone& zone : zones) {
    for (const Record& record : zone.records) {
      for (Name name = record.owner; !name.empty(); name = parent(name)) insert_around(names, name);
      if (const auto target = target_of(record)) insert(names, *target);
      if (record.type == type::kDname) insert_moved(names, record, zones);
    }
  }
  insert_around(names, {});
  return {names.begin(), names.end()};
}

std::string query_message(const Query& query, uint64_t noise) {
  const auto bit = [&](unsigned i) { return (noise >> (i % 64) & 1) != 0; };
  std::string message = {static_cast<char>(noise >> 8), static_cast<char>(noise),
                         static_cast<char>(bit(17) ? 1 : 0),      // RD
                         static_cast<char>(bit(18) ? 0x10 : 0)};  // CD
  message += std::string("\0\1\0\0\0\0\0\0", 8);
  std::string name = wire(query.name);
  unsigned letter = 19;
  for (char& c : name) {
    if (c >= 'a' && c <= 'z' && bit(letter++)) c = static_cast<char>(c - 'a' + 'A');
  }
  return message + name + static_cast<char>(query.type >> 8) + static_cast<char>(query.type) + std::string("\0\1", 2);
}

}  // namespace meshdns::model
