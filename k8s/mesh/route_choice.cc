#include "k8s/mesh/route_choice.h"

#include <algorithm>
#include <tuple>

#include "k8s/istio/service_entry.h"
#include "zone/joined.h"
#include "zone/nearest.h"

namespace meshdns {
namespace {

using HttpRoute = VirtualService::HttpRoute;
using Match = VirtualService::Match;
using To = VirtualService::To;

bool has_host(const VirtualService& service, const std::string& host) {
  return std::ranges::find(service.hosts, host) != service.hosts.end();
}

/// Whether the wildcard covers the host.
bool covers(const std::string& wildcard, const std::string& host) {
  return wildcard.starts_with('*') && host.ends_with(std::string_view(wildcard).substr(1));
}

bool is_meant(const Match& match, const RouteMatch& wanted) {
  return match.uri == wanted.uri && match.value == wanted.value;
}

bool is_exactly_meant(const Match& match, const RouteMatch& wanted) {
  return is_meant(match, wanted) && !match.port && match.also.empty();
}

template <class Condition>
std::vector<size_t> indices_of(const VirtualService& service, const Condition& condition) {
  std::vector<size_t> indices;
  for (size_t i = 0; i < service.http.size(); ++i) {
    if (condition(service.http[i])) indices.push_back(i);
  }
  return indices;
}

/// One route a line, with the flag that means it.
std::string listed(const VirtualService& service, const std::vector<size_t>& indices) {
  std::string lines;
  for (const size_t index : indices) {
    const HttpRoute& route = service.http[index];
    lines += "\n  " + field_path(route.pointer) + (route.name.empty() ? "" : " (" + shown(route.name) + ")") + ": " +
             conditions(route) + " → " + destinations(route);
  }
  return lines;
}

std::vector<size_t> all_of(const VirtualService& service) {
  return indices_of(service, [](const HttpRoute&) { return true; });
}

/// The flag that means that route alone; empty: there is none.
std::string flag_of(const VirtualService& service, size_t index) {
  std::vector<RouteMatch> flags{RouteMatch{}};
  for (const Match& match : service.http[index].matches) flags.push_back({match.uri, match.value, ""});
  if (!service.http[index].name.empty()) flags.push_back({Match::Uri::kAny, "", service.http[index].name});
  for (const RouteMatch& flag : flags) {
    if (!flag.is_any() && routes_for(service, flag) == std::vector{index}) return flag.flag();
  }
  return "";
}

/// What to write instead, for each of the routes that can be told apart.
std::string commands(const VirtualService& service, const std::vector<size_t>& indices, const std::string& command) {
  std::string text;
  for (const size_t index : indices) {
    const std::string flag = flag_of(service, index);
    if (!flag.empty()) text += "\n  " + command + flag;
  }
  return text.empty() ? "; give the route that is meant a name, and say --match name=NAME"
                      : "\nwhat would be right:" + text;
}

bool fits(const To& to, const Destination& wanted) {
  return to.destination.host == wanted.host && (!wanted.port || to.destination.port == wanted.port) &&
         (wanted.subset.empty() || to.destination.subset == wanted.subset);
}

/// Whether that Service's host in full is what is meant by a shorter one: Istio takes one with a dot as it stands.
bool is_in_full(std::string_view full, const std::string& host) {
  return full.ends_with(".svc.cluster.local") && full.starts_with(host + ".") && host.find('.') != std::string::npos;
}

std::string nearest_of(const HttpRoute& route, const Destination& wanted) {
  std::vector<std::string> texts;
  for (const To& to : route.to) {
    if (is_in_full(to.destination.host, wanted.host))
      return "; Istio takes a host with a dot as it stands: write " + shown(to.destination.host);
    texts.push_back(to.destination.text());
  }
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const std::string text = wanted.text();
  const std::string near(nearest(text, views, text.size() / 2));
  return near.empty() ? "" : "; the nearest is " + shown(near);
}

}  // namespace

std::string named(const ObjectIdentity& object) {
  return shown(object.object()) + (object.place.empty() ? "" : " (" + shown(object.place) + ")");
}

std::string named(const VirtualService& service, const HttpRoute& route) {
  return "the route for " + conditions(route) + " of " + named(service);
}

std::vector<const VirtualService*> services_for(std::span<const VirtualService> services, const std::string& host) {
  std::vector<const VirtualService*> found;
  for (const bool sidecars : {true, false}) {
    for (const VirtualService& service : services) {
      if (service.is_for_sidecars() == sidecars && has_host(service, host)) found.push_back(&service);
    }
    if (!found.empty()) break;
  }
  const auto age = [](const VirtualService* service) {
    return std::tie(service->created, service->name, service->name_space);
  };
  std::ranges::stable_sort(found, {}, age);
  return found;
}

Result<const VirtualService*> service_for(std::span<const VirtualService> services, const std::string& host) {
  const auto found = services_for(services, host);
  if (found.empty()) return static_cast<const VirtualService*>(nullptr);
  if (found.size() == 1) return found.front();
  const VirtualService& oldest = *found.front();
  const auto others = std::vector(found.begin() + 1, found.end());
  if (!oldest.is_for_sidecars()) {
    return Error{std::to_string(found.size()) + " VirtualServices of gateways have the host " + host + ": " +
                 joined(found, [](const VirtualService* each) { return named(*each); }) +
                 "; gateways follow all of them, so that it is not known which is meant: kubectl edit changes one"};
  }
  const std::string first =
      oldest.created > 0 ? "sidecars follow the oldest, " + named(oldest) : named(oldest) + " is one";
  return Error{std::to_string(found.size()) + " VirtualServices have the host " + host + ": " + first + ", and " +
               joined(others, [](const VirtualService* each) { return named(*each); }) +
               " besides; put their routes into one, and take the others out: " +
               joined(
                   others,
                   [](const VirtualService* each) {
                     return "kubectl -n " + shown(each->name_space) + " delete virtualservice " + shown(each->name);
                   },
                   "; ")};
}

Result<const VirtualService*> sidecar_service_for(std::span<const VirtualService> services, const std::string& host) {
  const auto found = services_for(services, host);
  if (found.empty() || !found.front()->is_for_sidecars()) return static_cast<const VirtualService*>(nullptr);
  return service_for(services, host);
}

std::optional<Error> routed_by_wildcard(std::span<const VirtualService> services, const std::string& host) {
  for (const VirtualService& service : services) {
    const auto wildcard =
        std::ranges::find_if(service.hosts, [&](const std::string& each) { return covers(each, host); });
    if (!service.is_for_sidecars() || wildcard == service.hosts.end()) continue;
    return Error{named(service) + " routes " + shown(*wildcard) + ", and so " + host +
                 ": one for that host alone would take its place there; add the route to it: kubectl -n " +
                 shown(service.name_space) + " edit virtualservice " + shown(service.name)};
  }
  return std::nullopt;
}

std::vector<std::string> also_changed(const VirtualService& service, const HttpRoute& route, const std::string& host) {
  std::vector<std::string> notes;
  std::vector<std::string> others;
  for (const std::string& each : service.hosts) {
    if (each != host) others.push_back(shown(each));
  }
  if (!others.empty()) notes.push_back(named(service) + " is for " + joined(others) + ", too");
  if (route.matches.size() > 1) notes.push_back("the route is for " + conditions(route));
  return notes;
}

Error no_service_for(std::span<const VirtualService> services, const std::string& host) {
  std::vector<std::string_view> hosts;
  for (const VirtualService& service : services) {
    for (const std::string& each : service.hosts) {
      if (covers(each, host))
        return Error{"no VirtualService has the host " + host + " itself; " + named(service) + " has " + shown(each)};
      if (is_in_full(each, host))
        return Error{"no VirtualService has the host " + host + ", which Istio takes as it stands; " + named(service) +
                     " has " + shown(each)};
      hosts.push_back(each);
    }
  }
  const std::string near(nearest(host, hosts, host.size() / 4));
  return Error{"no VirtualService has the host " + host + (near.empty() ? "" : "; the nearest is " + shown(near))};
}

std::vector<size_t> routes_for(const VirtualService& service, const RouteMatch& match) {
  if (!match.name.empty()) return indices_of(service, [&](const HttpRoute& route) { return route.name == match.name; });
  if (match.is_any()) {
    if (service.http.size() == 1) return {0};
    const auto all = indices_of(service, [](const HttpRoute& route) { return route.is_catch_all(); });
    return all.empty() ? all : std::vector{all.front()};
  }
  const auto exact = indices_of(service, [&](const HttpRoute& route) {
    return std::ranges::any_of(route.matches, [&](const Match& each) { return is_exactly_meant(each, match); });
  });
  if (!exact.empty()) return exact;
  return indices_of(service, [&](const HttpRoute& route) {
    return std::ranges::any_of(route.matches, [&](const Match& each) { return is_meant(each, match); });
  });
}

Result<size_t> route_for(const VirtualService& service, const RouteMatch& match, const std::string& command) {
  if (service.http.empty()) {
    return Error{
        named(service) + " has no http route, " +
        (service.tcp.empty() && service.tls.empty() ? "and no other" : "and tcp and tls routes are not touched")};
  }
  const std::vector<size_t> found = routes_for(service, match);
  if (found.empty()) {
    const std::string none = match.is_any() ? "has several routes, none of them for every request:"
                                            : "has no route for " + shown(match.text()) + ":";
    return Error{named(service) + " " + none + listed(service, all_of(service)) +
                 commands(service, all_of(service), command)};
  }
  if (found.size() > 1) {
    return Error{std::to_string(found.size()) + " routes of " + named(service) + " fit " + shown(match.text()) + ":" +
                 listed(service, found) + commands(service, found, command)};
  }
  const HttpRoute& route = service.http[found.front()];
  if (route.delegate) {
    const std::string delegate = shown(route.delegate->name_space + "/" + route.delegate->name);
    return Error{named(service, route) + " delegates to VirtualService " + delegate +
                 ", which has the weights; change them there: kubectl -n " + shown(route.delegate->name_space) +
                 " edit virtualservice " + shown(route.delegate->name)};
  }
  if (route.to.empty()) {
    return Error{named(service, route) + (route.redirect ? " redirects" : " answers itself") +
                 ", and so has no destination"};
  }
  return found.front();
}

Result<size_t> destination_in(const VirtualService& service, const HttpRoute& route, const Destination& wanted) {
  std::vector<size_t> found;
  for (size_t i = 0; i < route.to.size(); ++i) {
    if (fits(route.to[i], wanted)) found.push_back(i);
  }
  const auto is_exact = [&](size_t index) { return route.to[index].destination == wanted; };
  if (found.size() > 1 && std::ranges::count_if(found, is_exact) == 1) return *std::ranges::find_if(found, is_exact);
  if (found.size() == 1) return found.front();
  const std::string sends_to = named(service, route) + " sends to " + destinations(route);
  if (found.empty()) return Error{sends_to + ", not to " + wanted.text() + nearest_of(route, wanted)};
  return Error{sends_to + ": " + wanted.text() + " may be several of them; write it with its port and subset"};
}

Destination in_full(const Destination& destination, const std::string& name_space) {
  Destination full = destination;
  full.host = full_host(destination.host, name_space);
  return full;
}

}  // namespace meshdns
