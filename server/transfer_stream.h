#pragma once

// A zone on its way to one client: waits for the image, then reads it piece by piece, patches what is the client's own into each message
// (transfer_image.h), and writes. One piece of 64 KiB is in memory at a time; the next is read when the socket has taken it, and a
// little later: whoever reads as fast as he can would otherwise keep the worker from its queries for all of the transfer.
//
// Threads: its connection's worker. The stream outlives a connection that closes while the file is being read.

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "server/transfer_image.h"

namespace meshdns {

class Mailbox;
class Transfers;
class Zone;

class TransferStream : public std::enable_shared_from_this<TransferStream> {
 public:
  /// The connection.
  class Client {
   public:
    virtual ~Client() = default;
    virtual uv_stream_t* stream() = 0;
    virtual std::string address_text() const = 0;
    virtual void transfer_moved() = 0;
    virtual void transfer_done() = 0;
    /// Nothing was sent.
    virtual void transfer_refused() = 0;
    /// It ends in the middle, or the client is gone.
    virtual void transfer_broke() = 0;
  };

  /// `response`: the answer to the query without its records: header, question, OPT where one is due.
  TransferStream(Client& client, uv_loop_t& loop, const Zone& zone, std::span<const uint8_t> response);

  /// Asks for the image. `mailbox` is the worker's.
  void start(Transfers& transfers, Mailbox& mailbox);

  /// The client closes, or has closed: nothing of it is used any more.
  void detach();

  /// Whether the client is not to blame: it has taken something since it was last asked, or waits for us.
  bool moves();

  std::span<const uint8_t> response() const { return response_; }

 private:
  void begin(std::shared_ptr<const TransferImage> image);
  void read();
  void on_read();
  size_t patch(size_t size);
  void write(size_t size);
  void on_written(int status);
  size_t untaken() const;
  void log(const char* how) const;

  Client* client_;  // null once detached
  uv_loop_t& loop_;
  const Zone& zone_;
  const std::vector<uint8_t> response_;
  const std::chrono::steady_clock::time_point asked_;
  std::shared_ptr<const TransferImage> image_;
  std::shared_ptr<TransferStream> self_;  // while libuv reads
  uv_work_t reading_{};
  uv_write_t write_{};
  std::vector<uint8_t> piece_;
  ssize_t read_ = 0;  // octets of the piece that the file gave; below 0: no more than the error
  uint64_t at_ = 0;   // in the file: what has been written to the socket
  bool writing_ = false;
  size_t untaken_ = 0;  // octets of the piece that the client had not taken when last asked
};

}  // namespace meshdns
