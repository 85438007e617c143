#include "k8s/stub/hop.h"

#include <algorithm>
#include <array>
#include <utility>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

struct Word {
  HopKind kind;
  std::string_view argument;
  std::string_view text;
};

constexpr std::array<Word, 4> kWords = {{{HopKind::kServer, "server", "server"},
                                         {HopKind::kReplica, "replica", "DNS replica"},
                                         {HopKind::kService, "service", "cluster DNS"},
                                         {HopKind::kNodeLocal, "node-local", "node-local"}}};

const Word& word(HopKind kind) { return kWords.at(static_cast<size_t>(kind)); }

}  // namespace

std::string Hop::text() const {
  return std::string(word(kind).text) + " " + (name.empty() ? server.text() : name + " (" + server.text() + ")");
}

std::string Hop::argument() const {
  return std::string(word(kind).argument) + (name.empty() ? "" : "/" + name) + "=" + server.text();
}

Result<Hop> parse_hop(std::string_view text) {
  Hop hop;
  const size_t equals = text.find('=');
  if (equals != std::string_view::npos) {
    const std::string_view before = text.substr(0, equals);
    const size_t slash = std::min(before.find('/'), before.size());
    const auto known = std::ranges::find(kWords, before.substr(0, slash), &Word::argument);
    if (known == kWords.end() || known->kind == HopKind::kServer) {
      return Error{"found '" + printable(text) +
                   "', expected IP[:PORT], or replica/POD=, service= or node-local= in front of that"};
    }
    hop.kind = known->kind;
    hop.name = printable(before.substr(std::min(slash + 1, before.size())));
  }
  auto server = parse_dns_server(equals == std::string_view::npos ? text : text.substr(equals + 1));
  if (!server) return Error{server.error()};
  hop.server = *std::move(server);
  return hop;
}

}  // namespace meshdns
