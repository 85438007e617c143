#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "k8s/api/api_objects.h"
#include "k8s/api/list_decoder.h"
#include "k8s/api/object_handler.h"
#include "k8s/api/watch_decoder.h"

namespace meshdns {
namespace {

std::string describe(const WatchEvent& event) {
  const char* const types[] = {"upsert", "delete", "bookmark", "error"};
  std::string text = std::string(types[static_cast<size_t>(event.type)]) + " " + std::string(event.resource_version);
  if (event.initial_events_end) text += " end";
  return text + " " + std::string(event.object) + "\n";
}

TEST_CASE("a watch stream, split at every byte") {
  const std::string stream =
      R"({"type":"ADDED","object":{"kind":"A","metadata":{"name":"a\"}\u00e9","resourceVersion":"10"},"spec":{"b":[1,{}]}}})"
      "\n"
      R"({"object":{"metadata":{"resourceVersion":"11"}},"type":"MODIFIED"})"
      "\r\n\n"
      R"({"type":"DELETED","object":{"spec":{"metadata":{"resourceVersion":"x"}},"metadata":{"resourceVersion":"12"}}})"
      "\n"
      R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"13","annotations":{"k8s.io/initial-events-end":"true"}}}})"
      "\n"
      R"({"type":"BOOKMARK","object":{"metadata":{"annotations":{"a":"true"},"resourceVersion":"14"}}})"
      "\n"
      R"({"type":"ERROR","object":{"kind":"Status","code":410}})"
      "\n"
      R"({"type":"ADDED","object":{)";
  const std::string expected =
      R"(upsert 10 {"kind":"A","metadata":{"name":"a\"}\u00e9","resourceVersion":"10"},"spec":{"b":[1,{}]}})"
      "\n"
      R"(upsert 11 {"metadata":{"resourceVersion":"11"}})"
      "\n"
      R"(delete 12 {"spec":{"metadata":{"resourceVersion":"x"}},"metadata":{"resourceVersion":"12"}})"
      "\n"
      R"(bookmark 13 end {"metadata":{"resourceVersion":"13","annotations":{"k8s.io/initial-events-end":"true"}}})"
      "\n"
      R"(bookmark 14 {"metadata":{"annotations":{"a":"true"},"resourceVersion":"14"}})"
      "\n"
      R"(error  {"kind":"Status","code":410})"
      "\n";
  for (size_t at = 0; at <= stream.size(); ++at) {
    CAPTURE(at);
    WatchDecoder decoder;
    std::string events;
    const auto sink = [&events](const WatchEvent& event) {
      events += describe(event);
      return true;
    };
    REQUIRE_FALSE(decoder.feed(stream.substr(0, at), sink));
    REQUIRE_FALSE(decoder.feed(stream.substr(at), sink));
    REQUIRE(events == expected);
  }
}

TEST_CASE("a watch stream that is none") {
  const std::string large(ObjectHandler::kMaxObject, ' ');
  const std::vector<std::string> streams = {
      "\"\n",
      "[]\n",
      "null\n",
      "<html>\n",
      "{}\n",
      R"({"type":"ADDED"})"
      "\n",
      R"({"type":"ADDED","object":null})"
      "\n",
      R"({"type":"ADDED","object":[]})"
      "\n",
      R"({"type":"ADDED","object":{}})"
      "\n",
      R"({"type":"ADDED","object":{"metadata":{"resourceVersion":7}}})"
      "\n",
      R"({"type":"ADDED","object":{"metadata":{"resourceVersion":""}}})"
      "\n",
      R"({"type":"NEWS","object":{"metadata":{"resourceVersion":"7"}}})"
      "\n",
      R"({"type":"ADDED","object":{"metadata":{"resourceVersion":"7"})"
      "\n",
      R"({"type":"ADDED","object":{"metadata":{"resourceVersion":"7"},)"
      "\n",
      "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"resourceVersion\":\"\xff\"}}}\n",
      std::string(100'000, '[') + "\n",
      large + "x",
  };
  for (const std::string& stream : streams) {
    CAPTURE(stream.substr(0, 100));
    WatchDecoder decoder;
    CHECK(decoder.feed(stream, [](const WatchEvent&) { return true; }));
    decoder.reset();
    CHECK_FALSE(decoder.feed(R"({"type":"ADDED","object":{"metadata":{"resourceVersion":"7"}}})"
                             "\n",
                             [](const WatchEvent&) { return true; }));
  }
}

TEST_CASE("pages of a list") {
  struct Case {
    std::string body;
    std::string expected;  // items, then "version continue"; or "!" and the beginning of the error
  };
  const std::vector<Case> cases = {
      {R"({"kind":"L","items":[{"a":1}, {"b":{"items":[]}} ],"metadata":{"continue":"c","resourceVersion":"5","remainingItemCount":3}})",
       R"({"a":1};{"b":{"items":[]}};5 c)"},
      {R"({"metadata":{"resourceVersion":"5"},"items":[]})", "5 "},
      {R"({"metadata":{"resourceVersion":"5","continue":""},"items":null})", "5 "},
      {R"({"metadata":{"resourceVersion":"5"}})", "5 "},
      {"", "!"},
      {"[]", "!"},
      {"<html>", "!"},
      {"{}", "!"},
      {R"({"items":[]})", "!"},
      {R"({"items":[],"metadata":{}})", "!"},
      {R"({"items":[],"metadata":{"resourceVersion":""}})", "!"},
      {R"({"items":{},"metadata":{"resourceVersion":"5"}})", "!"},
      {R"({"items":[{"a":1},7],"metadata":{"resourceVersion":"5"}})", R"({"a":1};!)"},
      {R"({"items":[{"a":1},{"b":)", "!"},
      {R"({"items":[{"a":")" + std::string(ObjectHandler::kMaxObject, 'x') +
           R"("}],"metadata":{"resourceVersion":"5"}})",
       "!"},
  };
  ListDecoder decoder;
  for (const Case& c : cases) {
    CAPTURE(c.body.substr(0, 200));
    std::string body = c.body, seen;
    const auto page = decoder.decode(body, [&seen](std::string_view json) {
      seen += json.substr(0, json.find_last_not_of(' ') + 1);
      seen += ";";
    });
    seen += page ? page->resource_version + " " + page->next : "!";
    CHECK(seen == c.expected);
  }
}

TEST_CASE("a status") {
  struct Case {
    std::string body;
    int code;
    std::string reason;
    std::string message;
    bool expired;
  };
  const std::vector<Case> cases = {
      {R"({"kind":"Status","message":"too old","reason":"Expired","code":410})", 410, "Expired", "too old", true},
      {R"({"code":410})", 410, "", "", true},
      {R"({"reason":"Gone"})", 0, "Gone", "", true},
      {R"({"code":504,"details":{"causes":[{"reason":"X"},{"reason":"ResourceVersionTooLarge"}]}})", 504, "", "", true},
      {R"({"code":504,"details":{"causes":[7]}})", 504, "", "", false},
      {R"({"code":99999,"message":7})", 0, "", "", false},
      {"upstream connect error\nmore", 0, "", "upstream connect error", false},
      {R"({"message":"a\nb\u0007\u00e9"})", 0, "", "a?b???", false},
      {"", 0, "", "", false},
      {std::string(1000, 'x'), 0, "", std::string(300, 'x'), false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.body);
    const ApiStatus status = parse_status(c.body);
    CHECK(status.code == c.code);
    CHECK(status.reason == c.reason);
    CHECK(status.message == c.message);
    CHECK(status.is_expired() == c.expired);
  }
  CHECK(parse_status(R"({"code":429,"details":{"retryAfterSeconds":3}})").retry_after == std::chrono::seconds(3));
}

TEST_CASE("the versions of a group") {
  using Versions = std::vector<std::string>;
  CHECK(parse_group_versions(R"({"versions":[{"groupVersion":"g/v1","version":"v1"},{"version":"v1beta1"}]})") ==
        Versions{"v1", "v1beta1"});
  CHECK(parse_group_versions(R"({"versions":[]})") == Versions{});
  for (const char* none :
       {"", "{}", "[]", R"({"versions":[{}]})", R"({"versions":7})", R"({"versions":[{"version":1}]})"}) {
    CAPTURE(none);
    CHECK_FALSE(parse_group_versions(none));
  }
}

}  // namespace
}  // namespace meshdns
