#include "server/udp.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

#include "server/query_log.h"
#include "server/worker_context.h"

namespace meshdns {
namespace {

using Clock = std::chrono::steady_clock;

// Messages a system call. More hardly saves anything and delays the first answer; fewer cost more calls.
constexpr unsigned kBatch = 64;
// Batches a wake-up, before TCP and the other addresses get their turn.
constexpr unsigned kRounds = 8;
// Octets of a query. What is longer arrives cut short and is a FORMERR; no sensible query has more than a few hundred. Not a power
// of two, so that the batch's messages do not compete for the same cache lines.
constexpr size_t kQuerySize = 2048 + 64;
constexpr size_t kControlSize = CMSG_SPACE(sizeof(in6_pktinfo));
static_assert(sizeof(in6_pktinfo) >= sizeof(in_pktinfo));

/// The reply leaves from the address that was asked; which interface it leaves by is the routing's to say, but for link-local
/// addresses, which mean nothing without one.
void reply_from_asked_address(msghdr& header) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
      in_pktinfo info;
      std::memcpy(&info, CMSG_DATA(control), sizeof info);
      info.ipi_ifindex = 0;
      info.ipi_spec_dst = info.ipi_addr;
      std::memcpy(CMSG_DATA(control), &info, sizeof info);
    } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info;
      std::memcpy(&info, CMSG_DATA(control), sizeof info);
      if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) info.ipi6_ifindex = 0;
      std::memcpy(CMSG_DATA(control), &info, sizeof info);
    }
  }
}

}  // namespace

/// Memory for a batch, linked up once; a round resets only what the kernel has written.
struct UdpListener::Batch {
  Batch(bool wildcard, size_t response_size)
      : wildcard(wildcard),
        queries(kBatch * kQuerySize),
        responses(kBatch * response_size),
        response_size(response_size) {
    for (unsigned i = 0; i < kBatch; ++i) {
      received[i] = {&queries[i * kQuerySize], kQuerySize};
      in[i].msg_hdr.msg_iov = &received[i];
      in[i].msg_hdr.msg_iovlen = 1;
      in[i].msg_hdr.msg_name = &clients[i];
      in[i].msg_hdr.msg_control = wildcard ? controls[i].data() : nullptr;
    }
    reset(kBatch);
  }

  void reset(unsigned used) {
    for (unsigned i = 0; i < used; ++i) {
      in[i].msg_hdr.msg_namelen = sizeof(sockaddr_in6);
      in[i].msg_hdr.msg_controllen = wildcard ? kControlSize : 0;
    }
  }

  const bool wildcard;
  std::vector<uint8_t> queries;
  std::vector<uint8_t> responses;
  const size_t response_size;  // octets that a response may have
  std::array<mmsghdr, kBatch> in{};
  std::array<mmsghdr, kBatch> out{};
  std::array<iovec, kBatch> received{};
  std::array<iovec, kBatch> replies{};
  std::array<sockaddr_in6, kBatch> clients{};
  alignas(cmsghdr) std::array<std::array<uint8_t, kControlSize>, kBatch> controls{};
  unsigned received_count = 0;
  unsigned reply_count = 0;
  unsigned sent_count = 0;
};

UdpListener::UdpListener(uv_loop_t& loop, int fd, bool wildcard, WorkerContext& context)
    : fd_(fd), context_(context), batch_(std::make_unique<Batch>(wildcard, context.responder.largest_udp_response())) {
  uv_poll_init(&loop, &poll_, fd);
  poll_.data = this;
  watch(UV_READABLE);
}

UdpListener::~UdpListener() = default;

void UdpListener::watch(int events) { uv_poll_start(&poll_, events, on_poll); }

void UdpListener::close(bool superseded) {
  if (!superseded) refuse_more();
  serve();
  uv_poll_stop(&poll_);
  // The descriptor has to outlive the poll handle.
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_),
           [](uv_handle_t* handle) { static_cast<UdpListener*>(handle->data)->finish(); });
}

/// A connected socket takes datagrams of its peer alone. Here the peer is the socket's own address, which nobody else has and which
/// can always be routed. Replies can still be sent anywhere.
void UdpListener::refuse_more() {
  sockaddr_in6 own{};
  socklen_t size = sizeof own;
  if (getsockname(fd_, reinterpret_cast<sockaddr*>(&own), &size) == 0) {
    connect(fd_, reinterpret_cast<sockaddr*>(&own), size);
  }
}

void UdpListener::finish() {
  serve();  // what the kernel was about to put into the socket when it was told to refuse
  ::close(fd_);
}

void UdpListener::on_poll(uv_poll_t* poll, int, int) { static_cast<UdpListener*>(poll->data)->serve(); }

void UdpListener::serve() {
  Batch& batch = *batch_;
  if (!send_batch()) return;
  for (unsigned round = 0; round < kRounds; ++round) {
    const int count = recvmmsg(fd_, batch.in.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (count <= 0) return;  // EAGAIN; or an ICMP error of an earlier reply, which concerns nobody
    batch.received_count = static_cast<unsigned>(count);
    const auto start = Clock::now();
    answer_batch();
    const bool sent = send_batch();
    const auto each = Clock::now() - start;
    if (batch.reply_count > 0) context_.counters.duration.observe(each, batch.reply_count);
    batch.reset(batch.received_count);
    if (!sent || batch.received_count < kBatch) return;
  }
}

void UdpListener::answer_batch() {
  Batch& batch = *batch_;
  const Epochs::Guard guard(context_.reader);
  batch.reply_count = 0;
  batch.sent_count = 0;
  for (unsigned i = 0; i < batch.received_count; ++i) {
    msghdr& from = batch.in[i].msg_hdr;
    const auto& client = reinterpret_cast<const sockaddr&>(batch.clients[i]);
    const Transport transport = client.sa_family == AF_INET ? Transport::kUdp4 : Transport::kUdp6;
    const std::span<const uint8_t> query(&batch.queries[i * kQuerySize], batch.in[i].msg_len);
    const std::span<uint8_t> room(&batch.responses[i * batch.response_size], batch.response_size);
    const auto start = context_.query_log == QueryLog::kNone ? Clock::time_point() : Clock::now();
    const size_t size = context_.responder.respond(query, {transport, client}, room);
    if (size == 0) continue;
    if (context_.query_log != QueryLog::kNone) {
      log_query(context_.query_log, client, transport, query, room.first(size), Clock::now() - start);
    }
    if (batch.wildcard) reply_from_asked_address(from);
    batch.replies[batch.reply_count] = {room.data(), size};
    msghdr& to = batch.out[batch.reply_count].msg_hdr;
    to = from;
    to.msg_iov = &batch.replies[batch.reply_count];
    to.msg_flags = 0;
    ++batch.reply_count;
  }
}

/// Sends what is left of the batch. False where the socket takes no more for now: the rest goes when it is writable, and no query
/// is read meanwhile.
bool UdpListener::send_batch() {
  Batch& batch = *batch_;
  while (batch.sent_count < batch.reply_count) {
    const int count = sendmmsg(fd_, &batch.out[batch.sent_count], batch.reply_count - batch.sent_count, MSG_DONTWAIT);
    if (count > 0) {
      batch.sent_count += static_cast<unsigned>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
      blocked_ = true;
      watch(UV_WRITABLE);
      return false;
    } else if (errno != EINTR) {
      ++batch.sent_count;  // this client cannot be reached; the others can
    }
  }
  if (std::exchange(blocked_, false)) watch(UV_READABLE);
  return true;
}

}  // namespace meshdns
