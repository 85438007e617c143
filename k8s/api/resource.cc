#include "k8s/api/resource.h"

#include "k8s/api/url.h"

namespace meshdns {
namespace {

std::string collection(const Resource& resource, std::string_view version) {
  std::string path = "/apis/" + resource.group + "/" + std::string(version);
  if (!resource.name_space.empty()) path += "/namespaces/" + url_escape(resource.name_space);
  return path + "/" + resource.plural;
}

std::string watch(const Resource& resource, std::string_view version, unsigned seconds) {
  return collection(resource, version) +
         "?watch=true&allowWatchBookmarks=true&timeoutSeconds=" + std::to_string(seconds);
}

}  // namespace

std::string discovery_path(const Resource& resource) { return "/apis/" + resource.group; }

std::string list_path(const Resource& resource, std::string_view version, unsigned limit, std::string_view next) {
  std::string path = collection(resource, version) + "?limit=" + std::to_string(limit);
  if (!next.empty()) path += "&continue=" + url_escape(next);
  return path;
}

std::string stream_list_path(const Resource& resource, std::string_view version, unsigned seconds) {
  return watch(resource, version, seconds) +
         "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=";
}

std::string probe_path(const Resource& resource, std::string_view version, std::string_view resource_version) {
  return list_path(resource, version, 1, "") +
         "&resourceVersionMatch=NotOlderThan&resourceVersion=" + url_escape(resource_version);
}

std::string watch_path(const Resource& resource, std::string_view version, unsigned seconds,
                       std::string_view resource_version) {
  return watch(resource, version, seconds) + "&resourceVersion=" + url_escape(resource_version);
}

}  // namespace meshdns
