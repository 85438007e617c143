#include "tests/k8s/stub/fake_name_server.h"

#include <arpa/inet.h>
#include <ldns/ldns.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <utility>

namespace meshdns {
namespace {

constexpr int kTurn = 10;  // milliseconds until it sees that it is to stop

int bound(int type, uint16_t port) {
  const int descriptor = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return descriptor;
  close(descriptor);
  return -1;
}

uint16_t port_of(int descriptor) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

using Packet = std::unique_ptr<ldns_pkt, void (*)(ldns_pkt*)>;

Packet parse(std::span<const uint8_t> query) {
  ldns_pkt* parsed = nullptr;
  if (ldns_wire2pkt(&parsed, query.data(), query.size()) != LDNS_STATUS_OK) throw std::runtime_error("no query");
  return {parsed, ldns_pkt_free};
}

ldns_rr* record(const char* text) {
  ldns_rr* rr = nullptr;
  if (ldns_rr_new_frm_str(&rr, text, 30, nullptr, nullptr) != LDNS_STATUS_OK) throw std::runtime_error(text);
  return rr;
}

}  // namespace

FakeNameServer::FakeNameServer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
  open();
  address_ = {*IpAddress::parse("127.0.0.1"), port_of(udp_)};
  thread_ = std::thread([this] { serve(); });
}

FakeNameServer::~FakeNameServer() {
  stopping_ = true;
  thread_.join();
  close(udp_);
  close(tcp_);
}

/// A port that is free for both.
void FakeNameServer::open() {
  constexpr int kTries = 100;
  for (int i = 0; i < kTries && tcp_ < 0; ++i) {
    if (udp_ >= 0) close(udp_);
    udp_ = bound(SOCK_DGRAM, 0);
    tcp_ = bound(SOCK_STREAM, port_of(udp_));
  }
  if (tcp_ < 0 || listen(tcp_, SOMAXCONN) != 0) throw std::runtime_error("no port is free for UDP and TCP");
}

void FakeNameServer::serve() {
  while (!stopping_) {
    std::array<pollfd, 2> awaited{{{udp_, POLLIN, 0}, {tcp_, POLLIN, 0}}};
    if (poll(awaited.data(), awaited.size(), kTurn) <= 0) continue;
    if (awaited[0].revents != 0) serve_datagram();
    if (awaited[1].revents != 0) serve_connection();
  }
}

void FakeNameServer::serve_datagram() {
  std::array<uint8_t, 4096> buffer{};
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  const ssize_t count = recvfrom(udp_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&peer), &size);
  if (count < 0) return;
  ++queries_;
  for (const Octets& message : behaviour_({buffer.data(), static_cast<size_t>(count)}, false)) {
    sendto(udp_, message.data(), message.size(), 0, reinterpret_cast<sockaddr*>(&peer), size);
  }
}

void FakeNameServer::serve_connection() {
  const int connection = accept(tcp_, nullptr, nullptr);
  if (connection < 0) return;
  std::array<uint8_t, 4096> buffer{};
  const ssize_t count = recv(connection, buffer.data(), buffer.size(), 0);  // one segment on loopback
  if (count > 2) {
    ++queries_;
    for (const Octets& message : behaviour_({buffer.data() + 2, static_cast<size_t>(count) - 2}, true)) {
      Octets framed = {static_cast<uint8_t>(message.size() >> 8U), static_cast<uint8_t>(message.size() & 0xffU)};
      framed.insert(framed.end(), message.begin(), message.end());
      send(connection, framed.data(), framed.size(), MSG_NOSIGNAL);
    }
  }
  close(connection);
}

DnsQuestion question_of(std::span<const uint8_t> query) {
  const Packet packet = parse(query);
  const ldns_rr* question = ldns_rr_list_rr(ldns_pkt_question(packet.get()), 0);
  const auto name = Name::from_wire({ldns_rdf_data(ldns_rr_owner(question)), ldns_rdf_size(ldns_rr_owner(question))});
  return {name ? *name : Name(), static_cast<uint16_t>(ldns_rr_get_type(question))};
}

Octets reply_to(std::span<const uint8_t> query, int rcode, bool authoritative, const std::vector<const char*>& answer,
                const std::vector<const char*>& authority) {
  const Packet packet = parse(query);
  ldns_pkt* const parsed = packet.get();
  ldns_pkt_set_qr(parsed, true);
  ldns_pkt_set_aa(parsed, authoritative);
  ldns_pkt_set_rcode(parsed, static_cast<uint8_t>(rcode));
  for (const char* text : answer) ldns_pkt_push_rr(parsed, LDNS_SECTION_ANSWER, record(text));
  for (const char* text : authority) ldns_pkt_push_rr(parsed, LDNS_SECTION_AUTHORITY, record(text));
  uint8_t* octets = nullptr;
  size_t size = 0;
  if (ldns_pkt2wire(&octets, parsed, &size) != LDNS_STATUS_OK) throw std::runtime_error("no message");
  const std::unique_ptr<uint8_t, void (*)(void*)> owned(octets, std::free);
  return {octets, octets + size};
}

}  // namespace meshdns
