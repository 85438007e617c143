#include "cmd/ctl/route_views.h"

#include "cmd/ctl/stop.h"
#include "k8s/mesh/route_choice.h"
#include "zone/joined.h"

namespace meshdns {

void RouteViews::add(std::string_view json, const std::string& name_space, const std::string& place, size_t origin,
                     const std::string& object) {
  auto service = parse_virtual_service(json, name_space);
  if (!service) {
    unreadable.push_back((place.empty() ? object : place) + ": " + service.error());
    return;
  }
  service->place = place;
  services.push_back(*std::move(service));
  origins.push_back(origin);
}

size_t RouteViews::origin_of(const VirtualService& service) const {
  return origins[static_cast<size_t>(&service - services.data())];
}

const VirtualService& require_service(const RouteViews& views, const std::string& host, int code,
                                      const std::string& create, const std::string& where) {
  const VirtualService* service = value_or_stop(service_for(views.services, host), code, where);
  if (service != nullptr) return *service;
  if (!views.unreadable.empty()) {
    stop(code, where + joined(views.unreadable, {}, "\n") + "\nand what can be read has no VirtualService for " + host);
  }
  stop(code, where + no_service_for(views.services, host).message + "; a route is made with: " + create);
}

}  // namespace meshdns
