#include "tests/model/master_file.h"

#include <cstdio>

#include "tests/model/random.h"

namespace meshdns::model {
namespace {

class Writer {
 public:
  Writer(const Zone& zone, uint64_t seed) : zone_(zone), plain_(seed == 0), origin_(zone.apex), random_(seed) {}

  std::string write() {
    for (const Record& record : zone_.records) {
      maybe_directive();
      write_record(record, record.ttl);
      // RFC 2181 §5: a record that is there twice is there once; §5.2: the lowest TTL counts.
      if (record.type != type::kSoa && chance(3))
        write_record(record, record.ttl + (chance(50) && record.ttl < 1000 ? 7 : 0));
    }
    return std::move(file_);
  }

 private:
  bool chance(unsigned percent) { return !plain_ && random_.chance(percent); }

  void maybe_directive() {
    if (chance(8)) {
      origin_ = random_.pick(zone_.records).owner;
      file_ += "$ORIGIN " + text(origin_) + "\n";
      previous_.clear();  // RFC 1035 does not say whose name a blank owner is then
    }
    if (chance(8)) {
      ttl_ = random_.pick(zone_.records).ttl;
      explicit_ = true;
      file_ += "$TTL " + std::to_string(ttl_) + "\n";
    }
    if (chance(4)) file_ += chance(50) ? "\n" : "  ; nothing (to see\n";
  }

  void write_record(const Record& record, uint32_t ttl) {
    const std::string owner = name_text(record.owner);
    const bool repeated = previous_ == text(record.owner) && chance(60);
    previous_ = text(record.owner);
    file_ += repeated ? "" : owner;
    const bool known = record.type != type::kUnknown;
    const bool has_ttl = ttl != ttl_ || !chance(70);
    if (!explicit_ && has_ttl) ttl_ = ttl;  // RFC 1035 §5.1: "the last stated"
    const bool class_first = chance(20);
    if (class_first) file_ += " IN";
    if (has_ttl) file_ += " " + std::to_string(ttl);
    if (!class_first && chance(50)) file_ += chance(80) ? "\tIN" : " in";
    file_ += " " + (known && chance(3) ? "TYPE" + std::to_string(record.type) : type_text(record.type)) + " ";
    file_ += chance(5) ? generic(record.rdata) : data(record);
    file_ += chance(5) ? " ; a \"comment\n" : "\n";
  }

  std::string data(const Record& record) {
    const std::string data = rdata_text(record, [this](const Name& name) { return name_text(name); });
    if (!chance(5)) return data;
    const size_t space = data.find(' ');  // as good a place for a line's end as any, where no string has it
    return record.type == type::kTxt || space == std::string::npos
               ? "(" + data + "\n )"
               : "( " + data.substr(0, space) + " ; on\n\t" + data.substr(space) + " )";
  }

  /// RFC 3597 §5.
  static std::string generic(const std::string& rdata) {
    std::string text = "\\# " + std::to_string(rdata.size()) + " ";
    for (const char c : rdata) {
      char digits[3];
      std::snprintf(digits, sizeof digits, "%02X", static_cast<unsigned>(static_cast<uint8_t>(c)));
      text += digits;
    }
    return text;
  }

  std::string name_text(const Name& name) {
    if (!is_within(name, origin_) || chance(30)) return cased(text(name));
    if (name == origin_) return "@";
    std::string relative;
    for (size_t i = 0; i < name.size() - origin_.size(); ++i) relative += (i == 0 ? "" : ".") + label_text(name[i]);
    return cased(relative);
  }

  std::string cased(std::string text) {
    if (chance(90)) return text;
    for (char& c : text) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
  }

  const Zone& zone_;
  const bool plain_;
  Name origin_;
  Random random_;
  uint32_t ttl_ = kFileTtl;  // of a record that says none
  bool explicit_ = false;    // by $TTL (RFC 2308 §4)
  std::string previous_;     // the last owner, absolute
  std::string file_;
};

}  // namespace

std::string master_file(const Zone& zone, uint64_t seed) { return Writer(zone, seed).write(); }

}  // namespace meshdns::model
