#include "tests/model/random_zones.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>

#include "tests/model/random.h"

namespace meshdns::model {
namespace {

constexpr size_t kLongLabel =
    60;  // three of them and a short target are within 255 octets, four and a query's label are not

std::string octets(unsigned value, size_t size) {
  std::string all;
  for (size_t i = size; i > 0; --i) all += static_cast<char>(value >> (8 * (i - 1)));
  return all;
}

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed), long_names_(random_.chance(8)), odd_labels_(random_.chance(5)) {}

  std::vector<Zone> run() {
    choose_apexes();
    for (Zone& zone : zones_) add_soa(zone);
    for (Zone& zone : zones_) add_apex(zone);
    for (Zone& zone : zones_) {
      for (size_t left = 2 + random_.below(6); left > 0; --left) add_node(zone);
    }
    for (Zone& zone : zones_) delegate_children(zone);
    if (random_.chance(3)) add_chain();
    for (Zone& zone : zones_) add_addresses_of_targets(zone);
    return std::move(zones_);
  }

 private:
  // Names -------------------------------------------------------------------------------------------------------------

  std::string label() {
    static const std::array<std::string, 3> kLabels = {"a", "b", "c"};
    static const std::array<std::string, 5> kOdd = {"x.y", std::string(1, '\0'), "$a", "_sip", std::string("\xff ", 2)};
    if (random_.chance(14)) return "*";
    if (long_names_ && random_.chance(25)) return std::string(kLongLabel, 'l');
    if (odd_labels_ && random_.chance(20)) return random_.pick(kOdd);
    return random_.pick(kLabels);
  }

  /// `most` labels below `name` at most, within 255 octets.
  Name below(Name name, size_t least, size_t most) {
    for (size_t labels = least + random_.below(most - least + 1); labels > 0; --labels) {
      Name longer = child(label(), name);
      if (wire_length(longer) <= kMostOctets) name = std::move(longer);
    }
    return name;
  }

  Name target(const Zone& zone) {
    switch (random_.below(10)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return random_.pick(zone.records).owner;
      case 4:
      case 5:
        return below(zone.apex, 0, 3);
      case 6:
        return below(random_.pick(zones_).apex, 0, 3);
      case 7:
        return random_.pick(random_.pick(zones_).records).owner;
      case 8:
        return below(Name{}, 0, 3);
      default:
        return below(Name{"outside"}, 0, 1);
    }
  }

  void choose_apexes() {
    std::set<Name> apexes;
    for (size_t left = 1 + random_.below(4); left > 0; --left) {
      apexes.insert(random_.chance(12) || apexes.empty() ? below(Name{}, 0, 2) : below(*apexes.begin(), 0, 2));
    }
    for (const Name& apex : apexes) zones_.push_back({apex, {}});
  }

  // Records -----------------------------------------------------------------------------------------------------------

  /// Nothing happens where the record may not stand beside the others.
  void add(Zone& zone, const Name& owner, uint16_t type, const std::string& rdata) {
    const bool single = type == type::kCname || type == type::kDname || type == type::kSoa;
    uint32_t ttl = random_ttl();
    for (const Record& other : zone.records) {
      if (other.owner != owner) continue;
      if (other.type == type::kCname || type == type::kCname) return;
      const bool delegated = other.type == type::kNs || type == type::kNs;
      const bool redirected = other.type == type::kDname || type == type::kDname;
      if (delegated && redirected && owner != zone.apex) return;  // RFC 6672 §2.4
      if (other.type != type) continue;
      if (single || folded({owner, type, 0, rdata}).rdata == folded(other).rdata) return;
      ttl = other.ttl;
    }
    zone.records.push_back({owner, type, ttl, rdata});
  }

  uint32_t random_ttl() {
    static constexpr std::array<uint32_t, 7> kTtls = {30, 60, 300, 300, 0, 86400, 2147483647};
    return random_.pick(kTtls);
  }

  /// As a file may spell it: in any case.
  std::string spelled(const Name& name) {
    std::string spelled = wire(name);
    if (random_.chance(90)) return spelled;
    for (size_t at = 0; spelled[at] != 0; at += 1 + static_cast<size_t>(spelled[at])) {
      char& first = spelled[at + 1];
      if (first >= 'a' && first <= 'z') first = static_cast<char>(first - 'a' + 'A');
    }
    return spelled;
  }

  void add_soa(Zone& zone) {
    std::string soa = spelled(child("ns", zone.apex)) + wire(child("admin", zone.apex));
    for (const uint32_t field : {1U + static_cast<uint32_t>(random_.below(1000)), 2U, 3U, 4U, random_ttl()})
      soa += octets(field, 4);
    add(zone, zone.apex, type::kSoa, soa);
  }

  void add_apex(Zone& zone) {
    add(zone, zone.apex, type::kNs, spelled(target(zone)));
    if (random_.chance(40)) add(zone, zone.apex, type::kNs, spelled(below(zone.apex, 1, 2)));
    if (random_.chance(12)) add(zone, zone.apex, type::kDname, spelled(target(zone)));
    if (random_.chance(30)) add_data(zone, zone.apex);
  }

  void add_node(Zone& zone) {
    const Name owner = below(random_.chance(30) ? random_.pick(zone.records).owner : zone.apex, 1, 3);
    const size_t kind = random_.below(100);
    if (kind < 22) {
      add(zone, owner, type::kCname, spelled(target(zone)));
    } else if (kind < 36) {
      add_dname(zone, owner);
    } else if (kind < 52) {
      delegate(zone, owner);
    } else {
      add_data(zone, owner);
    }
    if (random_.chance(25)) add_data(zone, owner);
  }

  void add_dname(Zone& zone, const Name& owner) {
    Name to = target(zone);
    if (long_names_) {
      for (int i = 0; i < 2; ++i) to = child(std::string(kLongLabel, 'l'), to);
      if (wire_length(to) > kMostOctets) return;
    }
    add(zone, owner, type::kDname, spelled(to));
  }

  void delegate(Zone& zone, const Name& cut) {
    for (size_t left = 1 + random_.below(3); left > 0; --left) {
      add(zone, cut, type::kNs, spelled(random_.chance(50) ? below(cut, 0, 2) : target(zone)));
    }
    if (random_.chance(40)) add_ds(zone, cut);
  }

  /// The zones of ours right below: in half of them the parent knows of the cut.
  void delegate_children(Zone& zone) {
    for (const Zone& other : zones_) {
      if (other.apex != zone.apex && is_within(other.apex, zone.apex) && random_.chance(50)) delegate(zone, other.apex);
    }
  }

  void add_ds(Zone& zone, const Name& owner) {
    add(zone, owner, type::kDs,
        octets(static_cast<unsigned>(random_.below(65536)), 2) + '\x08' + '\x02' + std::string(32, '\x5a'));
  }

  void add_data(Zone& zone, const Name& owner) {
    const size_t kind = random_.below(14);
    if (kind < 4) return add_address(zone, owner);
    if (kind < 6)
      return add(zone, owner, type::kMx, octets(static_cast<unsigned>(random_.below(3)), 2) + spelled(target(zone)));
    if (kind < 8) return add_mail_and_more(zone, owner);
    if (kind < 9) return add(zone, owner, type::kSrv, std::string("\0\1\0\2\0\x50", 6) + spelled(target(zone)));
    if (kind < 10) return add_service(zone, owner, type::kSvcb);
    if (kind < 11) return add_service(zone, owner, type::kHttps);
    if (kind < 12) return add(zone, owner, type::kUnknown, std::string("\0\xff\x22", random_.below(4)));
    if (kind < 13 && owner != zone.apex) return add_ds(zone, owner);
    static const std::array<std::string, 4> kTexts = {std::string("\1t"), std::string("\4a;\"b\0", 6),
                                                      std::string("\3x y\2\\\x7f"), std::string("\0", 1)};
    add(zone, owner, type::kTxt, random_.pick(kTexts));
  }

  void add_address(Zone& zone, const Name& owner) {
    for (size_t left = 1 + random_.below(3); left > 0; --left) {
      const std::string last = octets(static_cast<unsigned>(1 + random_.below(200)), 1);
      if (random_.chance(60)) {
        add(zone, owner, type::kA, std::string("\xc0\x00\x02", 3) + last);
      } else {
        add(zone, owner, type::kAaaa, std::string("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0", 15) + last);
      }
    }
  }

  void add_mail_and_more(Zone& zone, const Name& owner) {
    for (unsigned preference = 0; preference < 3; ++preference) {
      add(zone, owner, type::kMx, octets(preference, 2) + spelled(target(zone)));
    }
    add_address(zone, owner);
  }

  void add_service(Zone& zone, const Name& owner, uint16_t type) {
    const bool alias = random_.chance(40);
    const std::string name = random_.chance(30) ? std::string(1, '\0') : spelled(target(zone));
    add(zone, owner, type, octets(alias ? 0 : 1, 2) + name + (alias ? "" : std::string("\0\3\0\2\0\x35", 6)));
  }

  // What has to meet ----------------------------------------------------------------------------------------------------

  /// CNAMEs about as long as a server follows.
  void add_chain() {
    const size_t length = 14 + random_.below(5);
    Name owner = child("k0", random_.pick(zones_).apex);
    for (size_t i = 1; i <= length; ++i) {
      const Name next = child("k" + std::to_string(i), random_.pick(zones_).apex);
      for (Zone& zone : zones_) {
        if (is_within(owner, zone.apex)) add(zone, owner, type::kCname, wire(next));
      }
      owner = next;
    }
    for (Zone& zone : zones_) {
      if (is_within(owner, zone.apex)) add_data(zone, owner);
    }
  }

  void add_addresses_of_targets(Zone& zone) {
    for (size_t i = zone.records.size(); i > 0; --i) {
      const uint16_t type = zone.records[i - 1].type;
      if (type == type::kCname || type == type::kDname || type == type::kSoa) continue;
      const auto name = target_of(zone.records[i - 1]);
      if (name && is_within(*name, zone.apex) && random_.chance(45)) add_address(zone, *name);
    }
  }

  Random random_;
  const bool long_names_;
  const bool odd_labels_;
  std::vector<Zone> zones_;
};

}  // namespace

std::vector<Zone> random_zones(uint64_t seed) { return Generator(seed).run(); }

}  // namespace meshdns::model
