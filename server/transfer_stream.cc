#include "server/transfer_stream.h"

#include <linux/sockios.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

#include "server/mailbox.h"
#include "server/transfers.h"
#include "server/wire.h"
#include "zone/zone.h"

namespace meshdns {
namespace {

constexpr size_t kLengthSize = 2;
constexpr size_t kPiece = kLengthSize + 65535;  // the largest message fits

// What a client is sent at once, but for the rest of a message, and the pause before it: some 16 MB a second. More at once holds up the
// queries that come meanwhile, by some 2 µs a KiB; longer pauses only hold up the transfer. The pauses are slept in libuv's pool: its
// four threads bound what all transfers take together.
constexpr size_t kBurst = 16 << 10;
constexpr std::chrono::milliseconds kPause{1};

}  // namespace

TransferStream::TransferStream(Client& client, uv_loop_t& loop, const Zone& zone, std::span<const uint8_t> response)
    : client_(&client),
      loop_(loop),
      zone_(zone),
      response_(response.begin(), response.end()),
      asked_(std::chrono::steady_clock::now()) {
  reading_.data = this;
  write_.data = this;
}

void TransferStream::start(Transfers& transfers, Mailbox& mailbox) {
  transfers.ask(zone_, weak_from_this(), [self = weak_from_this(), &mailbox](const Transfers::Image& image) {
    mailbox.post([self, image] {
      if (const auto stream = self.lock()) stream->begin(image);
    });
  });
}

void TransferStream::detach() {
  if (client_ != nullptr && image_) log("broke off");
  client_ = nullptr;
}

void TransferStream::begin(std::shared_ptr<const TransferImage> image) {
  if (client_ == nullptr) return;
  if (!image) return client_->transfer_refused();
  image_ = std::move(image);
  read();
}

void TransferStream::read() {
  self_ = shared_from_this();
  const auto work = [](uv_work_t* reading) {
    auto& self = *static_cast<TransferStream*>(reading->data);
    std::this_thread::sleep_for(kPause);
    self.piece_.resize(kPiece);
    self.read_ = pread(self.image_->file.get(), self.piece_.data(), kPiece, static_cast<off_t>(self.at_));
    if (self.read_ < 0) self.read_ = -errno;
  };
  const auto done = [](uv_work_t* reading, int) {
    const auto self = std::move(static_cast<TransferStream*>(reading->data)->self_);
    self->on_read();
  };
  uv_queue_work(&loop_, &reading_, work, done);  // fails for want of a function alone
}

void TransferStream::on_read() {
  if (client_ == nullptr) return;
  const size_t whole = read_ <= 0 ? 0 : patch(static_cast<size_t>(read_));
  if (whole == 0) {
    spdlog::error("transfer of zone {}: cannot read back the file: {}", zone_.apex().text(),
                  read_ < 0 ? uv_strerror(static_cast<int>(read_)) : "it is too short");
    return client_->transfer_broke();
  }
  at_ += whole;
  write(whole + (piece_.size() - kPiece));  // and what patch() has added
}

/// Makes the whole messages at the begin of the piece, which holds `size` octets of the file, the client's own, until they are a burst.
/// Returns the octets that they have in the file.
size_t TransferStream::patch(size_t size) {
  const size_t question = zone_.apex().wire().size() + 4;
  const size_t opt_size = response_.size() - kHeaderSize - question;
  size_t at = 0;
  while (at < kBurst && size - at >= kLengthSize) {
    const size_t message = get16(&piece_[at]);
    if (size - at - kLengthSize < message) break;
    uint8_t* header = &piece_[at + kLengthSize];
    std::copy_n(response_.begin(), 4, header);  // ID and flags
    std::copy_n(response_.begin() + kHeaderSize, question, header + kHeaderSize);
    at += kLengthSize + message;
  }
  if (at_ == 0 && at > 0 && opt_size > 0) {  // RFC 5936 §2.2.5: in the first message
    const size_t message = get16(piece_.data());
    put16(piece_.data(), static_cast<unsigned>(message + opt_size));
    std::copy_n(response_.begin() + 10, 2, piece_.begin() + kLengthSize + 10);  // ARCOUNT
    piece_.insert(piece_.begin() + static_cast<ptrdiff_t>(kLengthSize + message),
                  response_.end() - static_cast<ptrdiff_t>(opt_size), response_.end());
  }
  return at;
}

void TransferStream::write(size_t size) {
  uv_buf_t buffer = uv_buf_init(reinterpret_cast<char*>(piece_.data()), static_cast<unsigned>(size));
  const auto written = [](uv_write_t* write, int status) {
    static_cast<TransferStream*>(write->data)->on_written(status);
  };
  writing_ = true;
  if (uv_write(&write_, client_->stream(), &buffer, 1, written) != 0) return client_->transfer_broke();
  untaken_ = untaken();
}

void TransferStream::on_written(int status) {
  writing_ = false;
  if (client_ == nullptr) return;
  if (status < 0) return client_->transfer_broke();
  if (at_ < image_->octets) {
    client_->transfer_moved();
    return read();
  }
  log("done");
  image_.reset();
  client_->transfer_done();
}

bool TransferStream::moves() {
  if (!writing_) return true;
  const size_t before = std::exchange(untaken_, untaken());
  return untaken_ < before;
}

/// What stands in libuv's queue and in the kernel's.
size_t TransferStream::untaken() const {
  int fd = -1;
  int in_kernel = 0;
  uv_fileno(reinterpret_cast<const uv_handle_t*>(client_->stream()), &fd);
  ioctl(fd, SIOCOUTQ, &in_kernel);
  return uv_stream_get_write_queue_size(client_->stream()) + static_cast<size_t>(in_kernel);
}

void TransferStream::log(const char* how) const {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - asked_;
  spdlog::info("transfer of zone {} to {} {}: serial {}, {} records, {} of {} octets, {:.3f} s", zone_.apex().text(),
               client_->address_text(), how, image_->serial, image_->records, at_, image_->octets, took.count());
}

}  // namespace meshdns
