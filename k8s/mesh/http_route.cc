#include "k8s/mesh/http_route.h"

#include <utility>

#include "k8s/mesh/field.h"

namespace meshdns {
namespace {

std::string text_or(const Field& field, std::string fallback) { return field.present() ? field.text() : fallback; }

}  // namespace

Result<HttpRoute> parse_http_route(std::string_view json, std::string_view name_space) {
  HttpRoute route;
  const auto error = read_object(json, [&](const Field& object) {
    static_cast<ObjectIdentity&>(route) = read_identity(object, "HTTPRoute", name_space);
    for (const Field& parent : object.at("spec").at("parentRefs").items()) {
      route.parents.push_back({text_or(parent.at("group"), "gateway.networking.k8s.io"),
                               text_or(parent.at("kind"), "Gateway"), text_or(parent.at("namespace"), route.name_space),
                               parent.at("name").text()});
    }
  });
  if (error) return *error;
  return route;
}

}  // namespace meshdns
