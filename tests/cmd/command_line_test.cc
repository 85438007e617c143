#include "cmd/command_line.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

namespace meshdns {
namespace {

Result<CommandLine> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "meshdns");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data(), "1.2.3");
}

/// The error of the flags, or of the configuration that they and the file make; "" where there is none.
std::string error_of(const std::vector<const char*>& arguments, std::string_view file = "") {
  const auto flags = parse(arguments);
  if (!flags) return flags.error();
  const auto config = make_config(*flags, file);
  return config ? "" : config.error();
}

TEST_CASE("flags override the file") {
  const std::string file = R"(
listen: ["127.0.0.1:1"]
zones: [{ name: file.example, ttl: 7 }]
sources: [{ kubernetes: { cluster: east, kubeconfig: /file, context: file, namespaces: [file] } }]
admin: { listen: "127.0.0.1:2" }
workers: 2
log: { level: error }
)";
  const std::string with_files = "sources: [{ files: { path: /file } }]";
  struct Case {
    std::vector<const char*> arguments;
    std::string file;
    std::function<void(Config&)> change;  // of what the file alone makes
  };
  const auto address = [](const char* text, uint16_t port) { return SocketAddress{*IpAddress::parse(text), port}; };
  const std::vector<Case> cases = {
      {{}, file, [](Config&) {}},
      {{"--listen", "[::1]:53", "--listen=127.0.0.1:0"},
       file,
       [&](Config& c) {
         c.listen = {address("::1", 53), address("127.0.0.1", 0)};
       }},
      {{"--zone", "a.example", "--zone", "B.example"},
       file,
       [](Config& c) {
         c.zones = {default_zone(*Name::parse("a.example")), default_zone(*Name::parse("b.example"))};
       }},
      {{"--admin", "127.0.0.1:3"}, file, [&](Config& c) { c.admin.listen = address("127.0.0.1", 3); }},
      {{"--workers", "4"}, file, [](Config& c) { c.workers = 4; }},
      {{"--workers", "auto"}, file, [](Config& c) { c.workers = 0; }},
      {{"--log-level", "debug"}, file, [](Config& c) { c.log.level = LogLevel::kDebug; }},
      {{"--state", "", "--default-address", ""}, file, [](Config&) {}},
      {{"--state", "/s"}, file, [](Config& c) { c.state = "/s"; }},
      {{"--from", "/flag"}, file, [](Config& c) { c.sources = {FilesConfig{"/flag"}}; }},
      {{"--from", "kubernetes"}, file, [](Config& c) { c.sources = {KubernetesConfig{}}; }},
      {{"--from", "/b", "--from", "kubernetes", "--from", "/a", "--context", "c"},
       file,
       [](Config& c) {
         c.sources = {FilesConfig{"/b"}, KubernetesConfig{.context = "c"}, FilesConfig{"/a"}};
       }},
      {{"--default-address", "::1"},
       "publish: { withoutAddress: endpoints }",
       [](Config& c) {
         c.rules.without_address = PublishRules::WithoutAddress::kDefault;
         c.rules.default_address = *IpAddress::parse("::1");
       }},
      {{"--context", "c"},
       "sources: [{ files: { path: /a } }, { kubernetes: { cluster: east } }]",
       [](Config& c) {
         c.sources = {FilesConfig{"/a"}, KubernetesConfig{.cluster = "east", .context = "c"}};
       }},
      {{"--from", "kubernetes", "--kubeconfig", "/k", "--context", "c", "--namespace", "a", "--namespace", "b"},
       with_files,
       [](Config& c) {
         c.sources = {KubernetesConfig{"kubernetes", "/k", "c", {"a", "b"}}};
       }},
      {{"--kubeconfig", "/k"},
       file,
       [](Config& c) {
         c.sources = {KubernetesConfig{"east", "/k", "file", {"file"}}};
       }},
      {{"--namespace", "a"},
       file,
       [](Config& c) {
         c.sources = {KubernetesConfig{"east", "/file", "file", {"a"}}};
       }},
      {{"--kubeconfig", "/k"},
       with_files,
       [](Config& c) {
         c.sources = {KubernetesConfig{"kubernetes", "/k", "", {}}};
       }},
      {{"--kubeconfig", "/k"},
       "",
       [](Config& c) {
         c.sources = {KubernetesConfig{"kubernetes", "/k", "", {}}};
       }},
      {{}, "", [](Config& c) { c.sources = {KubernetesConfig{}}; }},
  };
  for (const Case& c : cases) {
    CAPTURE(&c - cases.data());
    const auto config = make_config(*parse(c.arguments), c.file);
    if (!config) FAIL(config.error());
    Config expected = *make_config(CommandLine(), c.file);
    c.change(expected);
    CHECK(changed_keys(*config, expected).empty());
  }
}

TEST_CASE("what is wrong with the flags") {
  struct Case {
    std::vector<const char*> arguments;
    std::string error;
  };
  const std::vector<Case> cases = {
      {{"--lisen", "127.0.0.1:53"}, "found the unknown flag '--lisen', the nearest known one is --listen"},
      {{"--name-space=a"}, "found the unknown flag '--name-space', the nearest known one is --namespace"},
      {{"-x"}, "found the unknown flag '-x', the nearest known one is --help"},
      {{"examples"}, "found the argument 'examples', expected flags alone"},
      {{"--from", "a", "b"}, "found the argument 'b', expected flags alone"},
      {{"--listen"}, "--listen: 1 required ADDR:PORT missing"},
      {{"--config", "a", "--config", "b"}, "--config: At Most 1 required but received 2"},
      {{"--check-config=yes please"}, "Could not convert: --check-config = yes please"},
      {{"--listen", "53"},
       "--listen: found '53', expected ADDRESS:PORT such as 127.0.0.1:53 or [::1]:53; the port is missing"},
      {{"--zone", "*.a"}, "--zone: found '*.a', expected the name of a zone below the root"},
      {{"--zone", "a", "--zone", "A"}, "--zone: found 'a' again, expected each zone once"},
      {{"--admin", "9153"},
       "--admin: found '9153', expected ADDRESS:PORT such as 127.0.0.1:53 or [::1]:53; the port is missing"},
      {{"--workers", "0"}, "--workers: found '0', expected a whole number from 1 to 1024, or auto"},
      {{"--log-level", "x"}, "--log-level: found 'x', expected debug, info, warn or error"},
      {{"--namespace", "A"},
       "--namespace: found 'A', expected a namespace: up to 63 lower-case letters, digits and hyphens"},
      {{"--from", ""}, "--from: found '', expected the path of a manifest file or of a directory of them"},
      {{"--from", "a", "--from", "b", "--from", "a"}, "--from: found 'a' again, expected each source once"},
      {{"--from", "a", "--kubeconfig", "b"},
       "--from: found 'a' beside --kubeconfig, --context or --namespace, expected kubernetes"},
      {{"--default-address", "::"}, "--default-address: found '::', expected an address that can be reached"},
      {{"--admin", "a", "--workers", "b"},
       "--admin: found 'a', expected ADDRESS:PORT such as 127.0.0.1:53 or [::1]:53; the port is missing\n"
       "--workers: found 'b', expected a whole number from 1 to 1024, or auto"},
  };
  for (const Case& c : cases) {
    CHECK(error_of(c.arguments) == c.error);
  }
  CHECK(error_of({}, "sources: []\nzones: [{name: a, file: b}, {name: c}]") ==
        "sources: found none, and no file of the zone 'c', expected one of them");
  CHECK(error_of({"--context", "c"}, "sources: [{kubernetes: {}}, {kubernetes: {cluster: b}}]") ==
        "--kubeconfig, --context, --namespace: found 2 kubernetes sources in the file, expected one");
  CHECK(error_of({"--config", "f"}, "x: 1") == "f:1: found the unknown key 'x', the nearest known one is 'log'");
}

TEST_CASE("what is printed") {
  CHECK(parse({"--version"})->print == "meshdns 1.2.3\n");
  CHECK(parse({"--help"})->print.find("--listen ADDR:PORT") != std::string::npos);
  CHECK(parse({"--check-config"})->check_config);
  CHECK(parse({})->print.empty());
}

}  // namespace
}  // namespace meshdns
