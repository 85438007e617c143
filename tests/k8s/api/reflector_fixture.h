#pragma once

// A reflector of gadgets, the API server that it mirrors, and the words for what passes between them.

#include <simdjson.h>

#include <initializer_list>
#include <string>
#include <utility>

#include "k8s/api/api_client.h"
#include "k8s/api/reflector.h"
#include "tests/k8s/api/fake_api.h"

namespace meshdns::test {

/// Writes down what is delivered: "[ +a.1 / +b.2 ] / -a.3 /" for begin, upsert of the object a at version 1, flush, end,
/// remove.
class Deliveries : public ObjectHandler {
 public:
  void list_begins() override { add("["); }
  void upsert(std::string_view json) override { add("+" + name(json)); }
  void remove(std::string_view json) override { add("-" + name(json)); }
  void list_ends() override { add("]"); }
  void flush() override {
    if (!text.ends_with("/")) add("/");
  }

  std::string text;

 private:
  void add(const std::string& word) { text += (text.empty() ? "" : " ") + word; }

  std::string name(std::string_view json) {
    auto document = parser_.iterate(json, json.size() + simdjson::SIMDJSON_PADDING);
    std::string_view name = document["metadata"]["name"];
    std::string_view version = document["metadata"]["resourceVersion"];
    return std::string(name) + "." + std::string(version);
  }

  simdjson::ondemand::parser parser_;
};

inline std::string object(const std::string& name, int version) {
  return R"({"kind":"Gadget","metadata":{"name":")" + name + R"(","resourceVersion":")" + std::to_string(version) +
         R"("}})";
}
inline std::string event(const char* type, const std::string& object) {
  return std::string(R"({"type":")") + type + R"(","object":)" + object + "}\n";
}
inline std::string added(const std::string& name, int version) { return event("ADDED", object(name, version)); }
inline std::string deleted(const std::string& name, int version) { return event("DELETED", object(name, version)); }
inline std::string bookmark(int version) { return event("BOOKMARK", object("", version)); }
inline std::string listed(int version) {
  return event("BOOKMARK", R"({"metadata":{"resourceVersion":")" + std::to_string(version) +
                               R"(","annotations":{"k8s.io/initial-events-end":"true"}}})");
}
inline std::string gone(const char* reason) {
  return event("ERROR",
               std::string(R"({"kind":"Status","code":410,"reason":")") + reason + R"(","message":"too old"})");
}
inline std::string page(int version, const std::string& next, std::initializer_list<std::string> items) {
  std::string text = R"({"kind":"GadgetList","items":[)";
  for (const std::string& item : items) text += (text.ends_with("[") ? "" : ",") + item;
  return text + R"(],"metadata":{"resourceVersion":")" + std::to_string(version) + R"(","continue":")" + next +
         R"("}})";
}

inline const char* const kGroup =
    R"({"kind":"APIGroup","name":"example.org","versions":[{"version":"v1beta1"},{"version":"v1"}]})";
inline const char* const kDiscovery = "GET /apis/example.org ";
inline const char* const kStream =
    "/v1/gadgets?watch=true&allowWatchBookmarks=true&timeoutSeconds=450&sendInitialEvents=true";
inline const char* const kList = "/v1/gadgets?limit=500 ";
inline const char* const kForbidden =
    R"({"kind":"Status","code":403,"reason":"Forbidden","message":"gadgets is forbidden"})";

inline std::string watch(int version) {
  return "/v1/gadgets?watch=true&allowWatchBookmarks=true&timeoutSeconds=450&resourceVersion=" +
         std::to_string(version) + " ";
}

inline std::string probe(int version) {
  return "/v1/gadgets?limit=1&resourceVersionMatch=NotOlderThan&resourceVersion=" + std::to_string(version) + " ";
}

inline Backoff quick() {
  using std::chrono::milliseconds;
  return Backoff({milliseconds(1), milliseconds(5), milliseconds(5), milliseconds(120'000)}, [] { return 0.5; });
}

struct Mirror {
  explicit Mirror(std::string token = "", std::string token_file = "", Backoff backoff = quick(),
                  const std::string& ca = "")
      : client(loop, ClusterAccess{api.url(), tls(ca), std::move(token), std::move(token_file), ""}),
        reflector(client, Resource{"example.org", "gadgets", {"v1", "v1beta1"}, ""}, source, notes,
                  std::move(backoff)) {}

  static TlsSettings tls(const std::string& ca) {
    return ca.empty() ? TlsSettings() : TlsSettings{*read_pem(ca), {}, {}, "", false};
  }

  TestLoop loop;
  FakeApi api{loop};
  ApiClient client;
  Source source{"east", true};
  Deliveries notes;
  Reflector reflector;
};

}  // namespace meshdns::test
