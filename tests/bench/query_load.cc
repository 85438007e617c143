// Asks a server over UDP a given number of queries, with OPT, a window of them under way, and checks every answer. A load for
// `scripts/bench instructions`: `query_load PORT QUERIES NAMES` asks for hN.bench.global, A, N below NAMES.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "server/wire.h"
#include "zone/name.h"

namespace meshdns {
namespace {

constexpr unsigned kWindow = 100;  // queries under way, as dnsperf has by default

size_t write_query(uint8_t* out, uint16_t id, const Name& name) {
  put16(out, id);
  put16(out + 2, kFlagRd);
  put16(out + 4, 1);
  put32(out + 6, 0);
  put16(out + 10, 1);
  std::memcpy(out + kHeaderSize, name.wire().data(), name.wire().size());
  uint8_t* at = out + kHeaderSize + name.wire().size();
  const uint8_t rest[] = {0, 1, 0, 1, 0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0};
  std::memcpy(at, rest, sizeof rest);
  return static_cast<size_t>(at - out) + sizeof rest;
}

int connect_to(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  timeval patience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) return -1;
  return fd;
}

int run(uint16_t port, unsigned queries, unsigned names) {
  const int fd = connect_to(port);
  uint8_t message[1500];
  unsigned sent = 0;
  for (unsigned answered = 0; answered < queries;) {
    while (sent < queries && sent - answered < kWindow) {
      const Name name = *Name::parse("h" + std::to_string(sent % names) + ".bench.global");
      const size_t size = write_query(message, static_cast<uint16_t>(sent++), name);
      if (send(fd, message, size, 0) < 0) return std::perror("send"), 1;
    }
    const ssize_t size = recv(fd, message, sizeof message, 0);
    if (size < static_cast<ssize_t>(kHeaderSize)) return std::perror("recv"), 1;
    if (get16(message + 6) != 1 || (message[3] & 0xf) != 0) return std::fprintf(stderr, "not an answer\n"), 1;
    ++answered;
  }
  close(fd);
  return 0;
}

}  // namespace
}  // namespace meshdns

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: query_load PORT QUERIES NAMES\n"), 2;
  return meshdns::run(static_cast<uint16_t>(std::atoi(argv[1])), static_cast<unsigned>(std::atoi(argv[2])),
                      static_cast<unsigned>(std::atoi(argv[3])));
}
