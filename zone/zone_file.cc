#include "zone/zone_file.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "zone/rdata_text.h"
#include "zone/record_text.h"
#include "zone/regular_file.h"
#include "zone/rr_type.h"
#include "zone/zone_text_reader.h"

namespace meshdns {
namespace {

namespace fs = std::filesystem;

using Failure = std::optional<Error>;

constexpr uint16_t kClassIn = 1;
constexpr const char* kTtlForm = "0–2147483647 seconds, or units as in 1h30m";

/// All of a regular file of at most `most` octets. `as_read`: how it was before that.
Result<std::string> read_file(const std::string& path, size_t most, ZoneFileRead& as_read) {
  auto stamp = FileStamp::at(path);  // of what cannot be opened, too: it may be there
  auto text = read_regular_file(path, most, stamp);
  as_read = {path, stamp, !stamp || stamp->settled()};
  if (text && text->size() > most) {
    return Error{"it has, with what it includes, more than " + std::to_string(kMaxZoneFileBytes >> 20) + " MiB"};
  }
  return text;
}

/// A file name as it is meant.
std::string without_escapes(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      out += text[at];
    } else if (std::isdigit(static_cast<unsigned char>(text[at + 1])) != 0) {
      out += static_cast<char>((text[at + 1] - '0') * 100 + (text[at + 2] - '0') * 10 + (text[at + 3] - '0'));
      at += 3;
    } else {
      out += text[++at];
    }
  }
  return out;
}

/// RFC 6895 §3.1: types that stand in messages only, or nowhere.
bool is_meta(uint16_t type) {
  constexpr uint16_t kReserved = 65535;
  return type == 0 || type == rr_type::kOpt || (type >= 128 && type <= 255) || type == kReserved;
}

std::string quoted(std::string_view text) { return "'" + std::string(text.substr(0, 80)) + "'"; }

/// Reads a file and what it includes. A failure is told with the place where the reader stands, and ends it.
class ZoneFileReader {
 public:
  ZoneFileReader(const ZoneFileOptions& options, std::vector<ZoneFileRead>* files)
      : options_(options), files_(files), origin_(absolute_name(options.apex.text(), ".")) {}

  /// A file's text; it counts as being read from now on. The error is the bare reason.
  Result<std::string> open(const std::string& path);

  Failure read(std::string_view text, const std::string& file);

  /// What was read, once it is a zone or a part of one.
  Result<ZoneRecords> finish();

 private:
  struct OpenFile {
    std::string path;
    FileStamp stamp;
  };

  Failure entry(const ZoneEntry& entry);
  Failure directive(std::span<const ZoneToken> tokens);
  Failure include(std::span<const ZoneToken> arguments);
  Failure record(const ZoneEntry& entry);
  Failure add(uint16_t type, uint32_t ttl, std::span<const ZoneToken> fields);

  std::string place() const { return file_ + ":" + std::to_string(line_) + ": "; }
  Error fail(const std::string& message) const { return Error{place() + message}; }

  const ZoneFileOptions& options_;
  std::vector<ZoneFileRead>* const files_;
  std::string origin_;                   // presentation form, with its trailing dot
  std::optional<Name> owner_;            // of the record before
  std::optional<uint32_t> default_ttl_;  // what $TTL says
  std::optional<uint32_t> last_ttl_;     // what the last record said that said any
  ZoneRecords records_;
  std::string soa_place_;  // empty: none yet
  std::string ns_place_;   // of the apex
  std::string file_;
  size_t line_ = 1;
  size_t octets_ = 0;
  size_t includes_ = 0;
  std::vector<OpenFile> open_files_;  // from the first to the one that is being read
};

Result<std::string> ZoneFileReader::open(const std::string& path) {
  if (open_files_.size() > kMaxIncludeDepth) {
    return Error{"it is included at a depth of more than " + std::to_string(kMaxIncludeDepth)};
  }
  ZoneFileRead file;
  auto text = read_file(path, kMaxZoneFileBytes - octets_, file);
  if (files_ != nullptr && std::ranges::find(*files_, path, &ZoneFileRead::path) == files_->end()) {
    files_->push_back(file);
  }
  if (!text) return text;
  octets_ += text->size();
  const auto is_same = [&](const FileStamp& other) {
    return other.device == file.stamp->device && other.inode == file.stamp->inode;
  };
  const auto same = std::ranges::find_if(open_files_, is_same, &OpenFile::stamp);
  if (same != open_files_.end()) {
    std::string cycle;
    for (auto at = same; at != open_files_.end(); ++at) cycle += at->path + " → ";
    return Error{"it would include itself: " + cycle + path};
  }
  open_files_.push_back({path, *file.stamp});
  return text;
}

Failure ZoneFileReader::read(std::string_view text, const std::string& file) {
  file_ = file;
  line_ = 1;
  ZoneTextReader reader(text);
  ZoneEntry next;
  while (true) {
    const auto more = reader.next(next);
    line_ = more ? next.line : reader.line();
    if (!more) return fail(more.error());
    if (!*more) break;
    if (auto failure = entry(next)) return failure;
  }
  line_ = reader.line();
  return std::nullopt;
}

Failure ZoneFileReader::entry(const ZoneEntry& entry) {
  const ZoneToken& first = entry.tokens[0];
  if (entry.has_owner && !first.quoted && first.text.starts_with('$')) return directive(entry.tokens);
  return record(entry);
}

Failure ZoneFileReader::directive(std::span<const ZoneToken> tokens) {
  std::string name(tokens[0].text);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto arguments = tokens.subspan(1);
  if (name == "$INCLUDE") return include(arguments);
  if (name != "$ORIGIN" && name != "$TTL") {
    return fail("the directive " + quoted(tokens[0].text) + ", expected $ORIGIN, $TTL or $INCLUDE");
  }
  if (arguments.size() != 1)
    return fail(name + " with " + std::to_string(arguments.size()) + " arguments, expected one");
  const std::string_view argument = arguments[0].text;
  if (name == "$TTL") {
    default_ttl_ = parse_ttl(argument);
    if (!default_ttl_) return fail("the TTL " + quoted(argument) + ", expected " + kTtlForm);
    return std::nullopt;
  }
  std::string origin = absolute_name(argument, origin_);
  if (const auto valid = Name::parse(origin); !valid) return fail(valid.error());
  origin_ = std::move(origin);
  return std::nullopt;
}

Failure ZoneFileReader::include(std::span<const ZoneToken> arguments) {
  if (open_files_.empty()) return fail("$INCLUDE in text that is no file");
  if (arguments.empty() || arguments.size() > 2) {
    return fail("$INCLUDE with " + std::to_string(arguments.size()) +
                " arguments, expected a file and perhaps an origin");
  }
  std::string origin = arguments.size() == 2 ? absolute_name(arguments[1].text, origin_) : origin_;
  if (const auto valid = Name::parse(origin); !valid) return fail(valid.error());
  if (++includes_ > kMaxIncludes)
    return fail("more than " + std::to_string(kMaxIncludes) + " $INCLUDEs, those of included files among them");
  const std::string path = (fs::path(file_).parent_path() / without_escapes(arguments[0].text)).string();
  auto text = open(path);
  if (!text) return fail("cannot include " + path + ": " + text.error());

  const auto outer = std::tuple(origin_, owner_, file_, line_);
  origin_ = std::move(origin);
  if (auto failure = read(*text, path)) return failure;
  std::tie(origin_, owner_, file_, line_) = outer;
  open_files_.pop_back();
  return std::nullopt;
}

/// RFC 1035 §5.1: [owner] [TTL] [class] type fields, or class and TTL the other way round.
Failure ZoneFileReader::record(const ZoneEntry& entry) {
  std::span<const ZoneToken> tokens(entry.tokens);
  const auto is_plain = [&] { return !tokens.empty() && !tokens[0].quoted; };
  if (entry.has_owner) {
    if (!is_plain()) return fail("quotes around " + quoted(tokens[0].text) + ", expected a name");
    auto owner = Name::parse(absolute_name(tokens[0].text, origin_));
    if (!owner) return fail(owner.error());
    owner_ = *std::move(owner);
    tokens = tokens.subspan(1);
  }
  if (!owner_) return fail("a record without an owner, expected a name at the beginning of the line");

  std::optional<uint32_t> ttl;
  bool has_class = false;
  for (; is_plain(); tokens = tokens.subspan(1)) {
    const std::string_view text = tokens[0].text;
    if (!ttl && std::string_view("0123456789-+").find(text[0]) != std::string_view::npos) {
      ttl = parse_ttl(text);
      if (!ttl) return fail("the TTL " + quoted(text) + ", expected " + kTtlForm);
      last_ttl_ = ttl;
    } else if (const auto number = has_class ? std::nullopt : parse_class(std::string(text))) {
      if (*number != kClassIn) return fail("class " + std::string(text) + ", expected IN");
      has_class = true;
    } else {
      break;
    }
  }
  if (!is_plain()) return fail("a record without a type");
  const auto type = parse_type(std::string(tokens[0].text));
  if (!type) return fail(quoted(tokens[0].text) + ", expected a type");
  if (!ttl) ttl = default_ttl_ ? default_ttl_ : last_ttl_;
  return add(*type, ttl.value_or(options_.ttl), tokens.subspan(1));
}

Failure ZoneFileReader::add(uint16_t type, uint32_t ttl, std::span<const ZoneToken> fields) {
  if (!owner_->is_within(options_.apex)) {
    return fail(owner_->text() + " is outside the zone, expected a name at or below " + options_.apex.text());
  }
  if (is_meta(type))
    return fail("a record of type " + type_text(type) + ", expected a type that zones have (RFC 6895 §3.1)");
  const bool at_apex = *owner_ == options_.apex;
  if (type == rr_type::kSoa && !at_apex)
    return fail("SOA of " + owner_->text() + ", expected only that of " + options_.apex.text());
  // Where the file has no SOA, the configuration has one.
  if (type == rr_type::kCname && at_apex)
    return fail("CNAME of " + owner_->text() + " beside its SOA, expected a CNAME to be alone");
  const auto beside = type == rr_type::kNs ? rr_type::kDname : rr_type::kNs;
  const bool is_ns_or_dname = type == rr_type::kNs || type == rr_type::kDname;
  if (is_ns_or_dname && !at_apex && records_.has(*owner_, beside)) {
    return fail(type_text(type) + " of " + owner_->text() + " beside its " + type_text(beside) +
                ", expected only one of them below the apex (RFC 6672 §2.4)");
  }
  auto rdata = parse_rdata(type, fields, origin_);
  if (!rdata) return fail(rdata.error());
  if (const auto error = records_.add(*owner_, type, ttl, *std::move(rdata))) return fail(error->message);
  if (type == rr_type::kSoa) soa_place_ = place();
  if (type == rr_type::kNs && at_apex && ns_place_.empty()) ns_place_ = place();
  return std::nullopt;
}

Result<ZoneRecords> ZoneFileReader::finish() {
  const bool has_soa = !soa_place_.empty();
  const bool has_ns = !ns_place_.empty();
  const std::string apex = options_.apex.text();
  if (options_.whole && !has_soa) return fail("the file ends without SOA, expected that of " + apex);
  if (options_.whole && !has_ns) return fail("the file ends without NS of " + apex + ", expected at least one");
  if (has_soa != has_ns) {
    return Error{(has_soa ? soa_place_ + "SOA" : ns_place_ + "NS") + " of " + apex +
                 " alone, expected SOA and NS for a whole zone, neither for a part of one"};
  }
  records_.whole = has_soa;
  return std::move(records_);
}

}  // namespace

Result<ZoneRecords> read_zone_file(const std::string& path, const ZoneFileOptions& options,
                                   std::vector<ZoneFileRead>* files) {
  ZoneFileReader reader(options, files);
  const auto text = reader.open(path);
  if (!text) return Error{"cannot read the zone file " + path + ": " + text.error()};
  if (auto failure = reader.read(*text, path)) return *std::move(failure);
  return reader.finish();
}

Result<ZoneRecords> read_zone_text(std::string_view text, const std::string& file, const ZoneFileOptions& options) {
  ZoneFileReader reader(options, nullptr);
  if (auto failure = reader.read(text, file)) return *std::move(failure);
  return reader.finish();
}

}  // namespace meshdns
