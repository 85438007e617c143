// meshdnsctl explain: why a name is answered as it is, asked of the server's /explain.

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cmd/ctl/command.h"
#include "cmd/ctl/explanation_text.h"
#include "cmd/ctl/fetch.h"
#include "cmd/ctl/output.h"
#include "cmd/text_value.h"
#include "k8s/api/url.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

// Larger than what the server waits for its control thread: its own answer, that it is busy, comes first.
constexpr std::chrono::seconds kPatience{30};

constexpr const char* kForward = "kubectl -n meshdns port-forward deployment/meshdns 9153";

struct Flags {
  std::string name;
  std::string type = "A";
  std::string admin = "http://127.0.0.1:9153";
  std::string output = "text";
};

/// What a response that is no explanation tells.
Ended refused(const std::string& url, const Fetched& fetched) {
  const std::string said = escape_controls(fetched.body.substr(0, fetched.body.find('\n')).substr(0, 500));
  const std::string what = url + " answers " + std::to_string(fetched.status) + ": " + said;
  switch (fetched.status) {
    case 400:
      return {kUsage, what};
    case 403:
      return {kFailed,
              what + "; add the address to admin.allow in the server's configuration, or ask from within its pod: " +
                  kForward};
    case 404:
      return {kFailed, what + "; expected the admin endpoints of a meshdns behind --admin"};
    default:
      return {kFailed, what};
  }
}

Ended explain(const Flags& flags) {
  const auto form = parse_output_form(flags.output);
  if (!form) return {kUsage, "--output: " + form.error()};
  if (check_server_url(flags.admin)) {
    return {kUsage, "--admin: found " + quote(flags.admin) + ", expected a URL such as http://127.0.0.1:9153"};
  }
  const std::string base = flags.admin.ends_with('/') ? flags.admin.substr(0, flags.admin.size() - 1) : flags.admin;
  const std::string url = base + "/explain?name=" + url_escape(flags.name) + "&type=" + url_escape(flags.type);
  const auto fetched = fetch(url, kPatience);
  if (!fetched) {
    return {kFailed, "cannot ask " + base + ": " + fetched.error() + "; --admin URL says where the server is, and " +
                         kForward + " brings it to 127.0.0.1:9153"};
  }
  if (fetched->status != 200) return refused(base, *fetched);
  const Json explanation = Json::parse(fetched->body, nullptr, false);
  const auto text = explanation_text(explanation);
  if (!text) return {kFailed, base + ": " + text.error()};
  return {0, in_form(*form, *text, explanation)};
}

}  // namespace

void add_explain(CtlCommand& root) {
  CtlCommand command =
      root.add("explain", "Say why a name is answered as it is",
               "  # Which ServiceEntry gives the answer, and which lost or was skipped?\n"
               "  meshdnsctl explain a.bar.global\n"
               "\n"
               "  # The AAAA records, asked of a server that is elsewhere, for a program\n"
               "  meshdnsctl explain a.bar.global --type AAAA --admin http://10.0.0.53:9153 -o json\n");
  const auto flags = std::make_shared<Flags>();
  command.option("NAME", flags->name, "The name that is asked for", "", CtlCommand::kRequired);
  command.option("--type", flags->type, "The type that is asked for; without it, A", "TYPE");
  command.option("--admin", flags->admin, "Where the server's admin endpoints are; without it, http://127.0.0.1:9153",
                 "URL");
  command.option("-o,--output", flags->output, "text, json or yaml; without it, text", "FORM");
  command.runs([flags] { return explain(*flags); });
}

}  // namespace meshdns
