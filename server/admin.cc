#include "server/admin.h"

#include <ldns/ldns.h>
#include <strings.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "server/admin_pages.h"
#include "server/http_server.h"
#include "server/metrics.h"
#include "server/zone_text.h"

namespace meshdns {

namespace {

constexpr const char* kBusy = "busy: the answer did not come in time; try again in a moment\n";
constexpr const char* kMasterFile = "text/dns; charset=utf-8";  // RFC 4027

/// From a mnemonic, TYPE65280 (RFC 3597), or a number; 0 where it is none of these.
uint16_t parse_type(const std::string& text) {
  static constexpr std::string_view kUnknown = "TYPE";
  // Not by ldns: it takes TYPE65537 for 1, and what stands behind a number for nothing.
  const bool is_unknown = strncasecmp(text.c_str(), kUnknown.data(), kUnknown.size()) == 0;
  const char* const end = text.data() + text.size();
  uint16_t number = 0;
  const auto [rest, failure] = std::from_chars(text.data() + (is_unknown ? kUnknown.size() : 0), end, number);
  if (failure == std::errc() && rest == end) return number;
  if (is_unknown || text.find('\0') != std::string::npos) return 0;
  return static_cast<uint16_t>(ldns_get_rr_type_by_name(text.c_str()));
}

std::string type_text(uint16_t type) {
  const std::unique_ptr<char, decltype(&free)> text(ldns_rr_type2str(static_cast<ldns_rr_type>(type)), free);
  return text.get();
}

}  // namespace

struct AdminServer::State {
  State(AdminOptions options, AdminView view) : options(std::move(options)), view(std::move(view)) {}

  AdminResponse answer(const AdminRequest& request);
  AdminResponse ready() const;
  AdminResponse zone(std::string_view name);
  AdminResponse explain(const AdminRequest& request) const;
  bool allowed(const IpAddress& client) const;

  const AdminOptions options;
  const AdminView view;
  std::atomic<bool> shutting_down{false};
  std::mutex zone_mutex;             // held while a client reads a zone
  std::unique_ptr<HttpServer> http;  // last: its threads use the rest
};

AdminResponse AdminServer::State::answer(const AdminRequest& request) {
  static constexpr std::string_view kZones = "/zones/";
  if (request.path == "/health") return {200, "OK\n"};
  if (request.path == "/ready") return ready();
  if (request.path == "/metrics") return {200, metrics_text(view), "text/plain; version=0.0.4; charset=utf-8"};
  if (request.path == "/") return {200, status_page(view, shutting_down), "text/html; charset=utf-8"};
  const bool is_zone = request.path.starts_with(kZones);
  if (!is_zone && request.path != "/explain") {
    return {404, "no such page: there are /health, /ready, /metrics, /zones/NAME, /explain?name=NAME&type=A and /\n"};
  }
  if (!allowed(request.client)) {
    return {403, request.client.text() + " may not read this: it is in none of the blocks of admin.allow\n"};
  }
  return is_zone ? zone(std::string_view(request.path).substr(kZones.size())) : explain(request);
}

bool AdminServer::State::allowed(const IpAddress& client) const {
  return std::ranges::any_of(options.allow, [&](const IpBlock& block) { return block.contains(client); });
}

AdminResponse AdminServer::State::ready() const {
  if (shutting_down) return {503, "shutting down\n"};
  const std::string missing = missing_sources(view);
  return missing.empty() ? AdminResponse{200, "OK\n" + stale_sources(view)} : AdminResponse{503, missing};
}

AdminResponse AdminServer::State::zone(std::string_view name) {
  const auto apex = Name::parse(name);
  const auto zones = view.directory.zones();
  const auto found = std::ranges::find_if(zones, [&](const auto& zone) { return apex && zone->apex() == *apex; });
  if (found == zones.end()) {
    std::string text = "no such zone; there are:\n";
    for (const auto& zone : zones) text += "/zones/" + zone->apex().text() + "\n";
    return {404, std::move(text)};
  }
  // A copy of a zone is large: one at a time bounds the memory.
  std::unique_lock alone(zone_mutex, std::try_to_lock);
  if (!alone) return {503, "another client is reading a zone: try again in a moment\n"};
  const auto copy = view.copy_zone(**found);
  if (!copy) return {503, kBusy};
  struct Reading {
    std::unique_lock<std::mutex> alone;
    ZoneText text;
  };
  Reading begun{std::move(alone), ZoneText(*copy)};
  return {200, "", kMasterFile, [reading = std::make_shared<Reading>(std::move(begun))](std::string& piece) {
            if (reading->text.next(piece)) return true;
            reading->alone = {};  // before the last piece is on its way: who has read a zone may ask for the next
            return false;
          }};
}

AdminResponse AdminServer::State::explain(const AdminRequest& request) const {
  const std::string name_text = request.param("name", "");
  const std::string type_param = request.param("type", "A");
  const auto name = Name::parse(name_text);
  if (!name) return {400, "name=" + name_text + ": " + name.error() + "\n"};
  const uint16_t type = parse_type(type_param);
  if (type == 0)
    return {400, "type=" + type_param + ": neither a type's name, such as A, nor a number from 1 to 65535\n"};
  const auto explanation = view.explain(*name, type);
  if (!explanation) return {503, kBusy};
  return {200, explanation_json(name->text(), type_text(type), *explanation), "application/json"};
}

AdminServer::AdminServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
AdminServer::~AdminServer() = default;

Result<std::unique_ptr<AdminServer>> AdminServer::start(AdminOptions options, AdminView view,
                                                        const AdminServer* before) {
  auto state = std::make_unique<State>(std::move(options), std::move(view));
  auto http = HttpServer::start(
      state->options.listen, [&state = *state](const AdminRequest& request) { return state.answer(request); },
      before == nullptr ? nullptr : before->state_->http.get());
  if (!http) return Error{http.error()};
  state->http = std::move(*http);
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(state)));
}

uint16_t AdminServer::port() const { return state_->http->port(); }
void AdminServer::set_shutting_down() { state_->shutting_down = true; }
void AdminServer::begin_stop() { state_->http->begin_stop(); }
void AdminServer::stop() { state_->http->stop(); }

}  // namespace meshdns
