#include "server/transfer_image.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "server/wire.h"
#include "server/zone_copy.h"
#include "zone/octets.h"
#include "zone/owner_node.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

constexpr size_t kLengthSize = 2;
constexpr size_t kMostOfMessage = 65535;
constexpr size_t kPointerSize = 2;
constexpr size_t kWrite = size_t{256} << 10;  // octets a write: larger only takes memory, smaller costs calls

std::string reason(int error) { return std::system_category().message(error); }

Result<Descriptor> nameless_file() {
  const char* const named = std::getenv("TMPDIR");
  const std::string directory = named == nullptr || *named == '\0' ? "/tmp" : named;
  Descriptor file(open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.get() >= 0) return file;
  // Some file systems know no O_TMPFILE.
  std::string path = directory + "/meshdns-transfer-XXXXXX";
  file = Descriptor(mkostemp(path.data(), O_CLOEXEC));
  if (file.get() < 0) return Error{"cannot make a file in " + directory + ": " + reason(errno)};
  unlink(path.c_str());
  return file;
}

/// Puts records into messages and messages into the file.
class Writer {
 public:
  Writer(int fd, const Name& apex) : fd_(fd), apex_(apex) { begin_message(); }

  /// The records of `owner` whose type `wanted` likes. False where something failed.
  template <class Wanted>
  bool add(const OwnerNode& owner, Wanted wanted) {
    owner_at_ = 0;
    for (const Rrset& rrset : owner.rrsets()) {
      if (!wanted(rrset.type)) continue;
      const uint8_t* record = owner.find(rrset.type).records;
      for (unsigned i = 0; i < rrset.count; ++i) {
        const size_t size = OwnerNode::record_size(record);
        if (!add(owner.name(), {record + kPointerSize, size - kPointerSize})) return false;
        record += size;
      }
    }
    return true;
  }

  bool finish() {
    end_message();
    return flush();
  }

  uint64_t octets() const { return octets_; }
  uint64_t records() const { return records_; }
  const std::string& error() const { return error_; }

 private:
  size_t message_size() const { return out_.size() - message_ - kLengthSize; }

  void begin_message() {
    message_ = out_.size();
    owner_at_ = 0;
    answers_ = 0;
    append16(out_, 0);  // the length, and the ID: both come later
    append16(out_, 0);
    append16(out_, kFlagQr | kFlagAa);
    append16(out_, 1);
    append16(out_, 0);  // the answers: later
    append32(out_, 0);
    out_.insert(out_.end(), apex_.wire().begin(), apex_.wire().end());
    append16(out_, rr_type::kAxfr);
    append16(out_, kClassIn);
  }

  void end_message() {
    put16(&out_[message_], static_cast<unsigned>(message_size()));
    put16(&out_[message_ + kLengthSize + 6], answers_);
    records_ += answers_;
  }

  /// `rest`: a record behind its owner.
  bool add(std::span<const uint8_t> owner, std::span<const uint8_t> rest) {
    // What stands before the apex; the apex itself is the question's name.
    const auto labels = owner.first(owner.size() - apex_.wire().size());
    if (answers_ > 0 && message_size() + labels.size() + kPointerSize + rest.size() > TransferImage::kMessage) {
      end_message();
      if (out_.size() >= kWrite && !flush()) return false;
      begin_message();
    }
    if (message_size() + labels.size() + kPointerSize + rest.size() > kMostOfMessage) {
      return fail("a record of " + std::to_string(rest.size()) + " octets fits no message");
    }
    if (owner_at_ != 0) {
      append16(out_, 0xc000 | owner_at_);
    } else {
      owner_at_ = labels.empty() ? kHeaderSize : message_size();
      out_.insert(out_.end(), labels.begin(), labels.end());
      append16(out_, 0xc000 | kHeaderSize);
    }
    out_.insert(out_.end(), rest.begin(), rest.end());
    ++answers_;
    return true;
  }

  bool flush() {
    for (size_t at = 0; at < out_.size();) {
      const ssize_t written = ::write(fd_, &out_[at], out_.size() - at);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return fail("cannot write the file: " + reason(errno));
      at += static_cast<size_t>(written);
    }
    octets_ += out_.size();
    out_.clear();
    return true;
  }

  bool fail(std::string error) {
    error_ = std::move(error);
    return false;
  }

  const int fd_;
  const Name& apex_;
  std::vector<uint8_t> out_;
  size_t message_ = 0;   // where in out_ the message begins, its length first
  size_t owner_at_ = 0;  // where in the message the owner stands that is being added; 0: not yet
  unsigned answers_ = 0;
  uint64_t octets_ = 0;
  uint64_t records_ = 0;
  std::string error_;
};

/// RFC 5936 §2.2: the SOA, everything else, the SOA.
bool add_all(Writer& writer, const ZoneCopy& zone, const std::atomic<bool>& stop) {
  const auto is_soa = [](uint16_t type) { return type == rr_type::kSoa; };
  const auto is_other = [](uint16_t type) { return type != rr_type::kSoa; };
  const OwnerNode& apex = *zone.owners().front();
  if (!writer.add(apex, is_soa)) return false;
  for (const OwnerNode* owner : zone.owners()) {
    if (!writer.add(*owner, is_other)) return false;
    if (stop.load(std::memory_order_relaxed)) return false;
  }
  return writer.add(apex, is_soa) && writer.finish();
}

}  // namespace

Result<std::shared_ptr<const TransferImage>> TransferImage::write(const ZoneCopy& zone, const std::atomic<bool>& stop) {
  Result<Descriptor> file = nameless_file();
  if (!file) return Error{file.error()};
  Writer writer(file->get(), zone.apex());
  if (!add_all(writer, zone, stop)) return Error{writer.error().empty() ? "the server stops" : writer.error()};
  auto image = std::make_shared<TransferImage>();
  image->file = std::move(*file);
  image->octets = writer.octets();
  image->records = writer.records();
  image->serial = zone.serial();
  return std::shared_ptr<const TransferImage>(std::move(image));
}

}  // namespace meshdns
