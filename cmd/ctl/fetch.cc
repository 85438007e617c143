#include "cmd/ctl/fetch.h"

#include "cmd/event_loop.h"
#include "k8s/api/http_client.h"

namespace meshdns {

Result<Fetched> fetch(const std::string& url, std::chrono::milliseconds patience, size_t largest) {
  EventLoop loop;
  WholeResponse response(loop, patience, largest);
  HttpClient client(&loop.get(), {});
  client.send({.url = url, .headers = {}}, response);
  return response.wait();
}

}  // namespace meshdns
