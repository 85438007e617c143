#include "cmd/config_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

namespace meshdns {
namespace {

/// The reference manual's file.
constexpr const char* kEverything = R"(
listen: ["0.0.0.0:53", "[::]:53"]
workers: auto
zones:
  - name: global
    ttl: 30
    negativeTtl: 5
    nameservers: [{ name: ns.dns.global, addresses: [] }]
    contact: hostmaster.global
    answer: addresses
    file: ""
sources:
  - kubernetes: { cluster: east, kubeconfig: "", context: "", namespaces: [], local: true }
sourceWait: 60s
publish:
  visibility: public
  claims: any
  withoutAddress: skip
  defaultAddress: ""
  conflicts: oldest
  reverse: []
  services: false
transfer: { allow: [] }
limits: { tcpConnections: 4096, tcpPerClient: 128, tcpIdle: 30s, tcpMessage: 2s, udpSize: 1232 }
cookies: { secretFile: "" }
identity: { nsid: "", version: hidden }
admin: { listen: "[::]:9153", allow: ["127.0.0.0/8", "::1/128"] }
state: ""
log: { level: info, format: text, queries: none }
lameduck: 5s
)";

TEST_CASE("the defaults, written out, are the defaults") {
  for (const std::string text : {kEverything, "", "# nothing\n", "limits:\n  # udpSize: 512\nlog: {}\n", "---\n{}\n"}) {
    const auto config = read_config("f", text);
    CAPTURE(text);
    if (!config) FAIL(config.error());
    Config expected;
    expected.sources = config->sources;
    CHECK(changed_keys(*config, expected).empty());
  }
  CHECK(read_config("f", kEverything)->sources == std::vector<SourceConfig>{KubernetesConfig{"east", "", "", {}}});
}

TEST_CASE("every key changes what it names") {
  const auto config = read_config("f", R"(
listen: ["127.0.0.1:5353"]
workers: 3
zones:
  - nameservers:
      - { name: a.example, addresses: [192.0.2.1, "2001:db8::1"] }
      - { name: b.example }
    name: Mesh.Example.
    ttl: 0
    negativeTtl: 2147483647
    contact: root.example
    answer: endpoints
  - { name: global }
sources:
  - kubernetes: { cluster: west, kubeconfig: /k, context: c, namespaces: [bar, foo], required: true }
  - files: { path: /entries }
  - kubernetes: { local: true }
sourceWait: 5s
publish:
  visibility: all
  claims: namespace
  withoutAddress: endpoints
  defaultAddress: "2001:db8::9"
  conflicts: merge
  reverse: [240.0.0.0/8]
  services: true
transfer: { allow: [192.0.2.0/24, "::1"] }
limits: { tcpConnections: 1, tcpPerClient: 2, tcpIdle: 3s, tcpMessage: 400ms, udpSize: 512 }
cookies: { secretFile: /etc/meshdns/cookies }
identity: { nsid: east-1, version: meshdns }
admin: { listen: "127.0.0.1:1", allow: [10.0.0.0/8] }
log: { level: debug, format: json, queries: errors }
state: /var/lib/meshdns
lameduck: 0s
)");
  if (!config) FAIL(config.error());
  Config expected;
  expected.listen = {{*IpAddress::parse("127.0.0.1"), 5353}};
  expected.workers = 3;
  expected.zones = {
      {.apex = *Name::parse("mesh.example"),
       .ttl = 0,
       .negative_ttl = 2147483647,
       .nameservers = {{*Name::parse("a.example"), {*IpAddress::parse("192.0.2.1"), *IpAddress::parse("2001:db8::1")}},
                       {*Name::parse("b.example"), {}}},
       .contact = *Name::parse("root.example"),
       .answer = Answer::kEndpoints},
      default_zone(*Name::parse("global"))};
  expected.sources = {KubernetesConfig{}, KubernetesConfig{"west", "/k", "c", {"bar", "foo"}, true},
                      FilesConfig{"/entries"}};
  expected.source_wait = std::chrono::seconds(5);
  expected.publish = {.claims = CatalogOptions::Claims::kNamespace,
                      .conflicts = CatalogOptions::Conflicts::kMerge,
                      .reverse = {*IpBlock::parse("240.0.0.0/8")},
                      .services = true};
  expected.rules = {.visibility = PublishRules::Visibility::kAll,
                    .without_address = PublishRules::WithoutAddress::kEndpoints,
                    .default_address = *IpAddress::parse("2001:db8::9")};
  expected.transfer.allow = {*IpBlock::parse("192.0.2.0/24"), *IpBlock::parse("::1")};
  expected.limits = {1, 2, std::chrono::seconds(3), std::chrono::milliseconds(400), 512};
  expected.cookie_secrets = "/etc/meshdns/cookies";
  expected.identity = {.nsid = "east-1", .version = "meshdns"};
  expected.admin.listen = {*IpAddress::parse("127.0.0.1"), 1};
  expected.admin.allow = {*IpBlock::parse("10.0.0.0/8")};
  expected.log = {LogLevel::kDebug, LogFormat::kJson, QueryLog::kErrors};
  expected.state = "/var/lib/meshdns";
  expected.lameduck = {};
  CHECK(changed_keys(*config, expected).empty());
}

TEST_CASE("what is published for want of an address") {
  using Without = PublishRules::WithoutAddress;
  struct Case {
    const char* publish;
    Without without;
    bool has_default;
  };
  for (const Case& c :
       std::vector<Case>{{"{}", Without::kSkip, false},
                         {"{defaultAddress: 240.0.0.1}", Without::kDefault, true},
                         {"{defaultAddress: 240.0.0.1, withoutAddress: default}", Without::kDefault, true},
                         {"{defaultAddress: 240.0.0.1, withoutAddress: skip}", Without::kSkip, true},
                         {"{defaultAddress: '', withoutAddress: endpoints}", Without::kEndpoints, false}}) {
    CAPTURE(c.publish);
    const auto config = read_config("f", std::string("publish: ") + c.publish);
    if (!config) FAIL(config.error());
    CHECK(config->rules.without_address == c.without);
    CHECK(config->rules.default_address.has_value() == c.has_default);
  }
}

TEST_CASE("files of zones begin at the configuration's directory") {
  struct Case {
    std::string config;
    std::string file;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {"f", "a.zone", "a.zone"},
      {"/etc/f", "a.zone", "/etc/a.zone"},
      {"/etc/f", "zones/a.zone", "/etc/zones/a.zone"},
      {"/etc/f", "/a.zone", "/a.zone"},
      {"/etc/f", "''", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.file);
    const auto config =
        read_config(c.config, "sources: []\nzones: [{name: ., file: b}, {name: a, file: " + c.file + "}]");
    if (!config) FAIL(config.error());
    CHECK(config->zones[0].apex.is_root());
    CHECK(config->zones[0].contact.text() == "hostmaster");
    CHECK(config->zones[1].file == c.expected);
    CHECK(config->sources.empty());
  }
}

TEST_CASE("what is wrong with a file") {
  struct Case {
    std::string text;
    std::string error;
  };
  const std::vector<Case> cases = {
      // Keys.
      {"lisen: []", "f:1: found the unknown key 'lisen', the nearest known one is 'listen'"},
      {"zones:\n- name: a\n  tl: 3", "f:3: zones[0]: found the unknown key 'tl', the nearest known one is 'ttl'"},
      {"limits:\n  udpsize: 512", "f:2: limits: found the unknown key 'udpsize', the nearest known one is 'udpSize'"},
      {"workers: 1\nworkers: 2", "f:2: workers: found a second time, expected once"},
      {"{a: 1, [b]: 2}",
       "f:1: found the unknown key 'a', the nearest known one is 'log'\n"
       "f:1: found a list as a key, expected a word"},
      {"<<: {workers: 1}", "f:1: found the unknown key '<<', the nearest known one is 'log'"},
      // Shapes.
      {"x", "f:1: found 'x', expected a mapping"},
      {"[]", "f:1: found a list, expected a mapping"},
      {"limits: 3", "f:1: limits: found '3', expected a mapping"},
      {"listen: 127.0.0.1:53", "f:1: listen: found '127.0.0.1:53', expected a list"},
      {"listen: []", "f:1: listen: found an empty list, expected one element at least"},
      {"listen:", "f:1: listen: found nothing, expected a list"},
      {"workers: [1]", "f:1: workers: found a list, expected one value"},
      {"workers: {a: 1}", "f:1: workers: found a mapping, expected one value"},
      {"workers: ~", "f:1: workers: found nothing, expected one value"},
      // YAML.
      {"workers: [", "f:1: end of sequence flow not found"},
      {"a: 1\n b: 2", "f:2: illegal map value"},
      {"workers: \"\\\x1b\"", "f:1: unknown escape character: \\x1b"},
      {"workers: &a 1\n---\nworkers: 2", "f:2: found a second document, expected one"},
      {"log: &a {level: info}\nadmin: *a",
       "f:2: found an alias (*name), expected the value itself: aliases are refused"},
      {std::string((1 << 20) + 1, '#'), "f:1: found 1048577 octets, expected a configuration of at most 1 MiB"},
      {std::string(100'000, '['), "f:1: "},
      {std::string("a: \0", 4), "f:1: "},
      // Values.
      {"listen:\n- 127.0.0.1:53\n- ::1:53",
       "f:3: listen[1]: found '::1:53', expected ADDRESS:PORT such as 127.0.0.1:53 or [::1]:53; an IPv6 address stands "
       "in brackets"},
      {"workers: many", "f:1: workers: found 'many', expected a whole number from 1 to 1024, or auto"},
      {"lameduck: 5", "f:1: lameduck: found '5', expected a duration such as 500ms, 30s, 2m or 1h"},
      {"lameduck: 2h", "f:1: lameduck: found '2h', expected a duration from 0s to 1h"},
      {"limits: {tcpIdle: 0s}", "f:1: limits.tcpIdle: found '0s', expected a duration from 100ms to 1h"},
      {"limits: {tcpConnections: 0}",
       "f:1: limits.tcpConnections: found '0', expected a whole number from 1 to 1000000"},
      {"limits:\n\n  udpSize: 9000",
       "f:3: limits.udpSize: found '9000', expected a whole number from 512 to 4096: every client takes 512 octets, "
       "and larger "
       "answers than 4096 are lost as fragments"},
      {"admin: {allow: [10.0.0.1/8]}",
       "f:1: admin.allow[0]: found '10.0.0.1/8', expected an IP address or a CIDR block such as 10.0.0.0/8; "
       "'10.0.0.1/8' has bits "
       "set behind its prefix length"},
      {"admin: {allow: [\"a\\tb\"]}",
       "f:1: admin.allow[0]: found 'a\\x09b', expected an IP address or a CIDR block such as 10.0.0.0/8; "
       "'a\\x09b' is not an IP address or a CIDR block such as 10.0.0.0/8"},
      {"admin: {listen: 9153}",
       "f:1: admin.listen: found '9153', expected ADDRESS:PORT such as 127.0.0.1:53 or [::1]:53; the port is missing"},
      {"log: {level: loud}", "f:1: log.level: found 'loud', expected debug, info, warn or error"},
      {"workers: \"a\\nb\"", "f:1: workers: found 'a\\x0ab', expected a whole number from 1 to 1024, or auto"},
      {"workers: x\nlameduck: y",
       "f:1: workers: found 'x', expected a whole number from 1 to 1024, or auto\n"
       "f:2: lameduck: found 'y', expected a duration such as 500ms, 30s, 2m or 1h"},
      {"cookies: {secretFile: [a]}", "f:1: cookies.secretFile: found a list, expected one value"},
      {"cookies: {secret: a}", "f:1: cookies: found the unknown key 'secret', the nearest known one is 'secretFile'"},
      {"identity: {nsid: \"a\\tb\"}",
       "f:1: identity.nsid: found 'a\\x09b', expected up to 128 octets without control characters"},
      {"identity: {version: " + std::string(129, 'v') + "}",
       "f:1: identity.version: found '" + std::string(100, 'v') +
           "…', expected up to 128 octets without control characters"},
      // Zones.
      {"zones: []", "f:1: zones: found an empty list, expected one element at least"},
      {"zones: [{ttl: 3}]", "f:1: zones[0]: found no name, expected { name: ZONE }"},
      {"zones: [{name: a}, {name: A.}]", "f:1: zones[1]: found the zone 'a' again, expected each once"},
      {"zones: [{name: .}]", "f:1: zones[0]: found the root without a file, expected { name: ., file: PATH }"},
      {"zones: [{name: a..b}]",
       "f:1: zones[0].name: found 'a..b', expected a domain name; 'a..b' is not a domain name: it has an empty label"},
      {"zones: [{name: a, ttl: 2147483648}]",
       "f:1: zones[0].ttl: found '2147483648', expected a whole number from 0 to 2147483647"},
      {"zones: [{name: a, negativeTtl: 5s}]",
       "f:1: zones[0].negativeTtl: found '5s', expected a whole number from 0 to 2147483647"},
      {"zones: [{name: a, contact: me@a}]",
       "f:1: zones[0].contact: found 'me@a', expected a mailbox as a name, a dot in place of the @, such as "
       "hostmaster.example.org"},
      {"zones: [{name: a, nameservers: []}]",
       "f:1: zones[0].nameservers: found an empty list, expected one element at least"},
      {"zones: [{name: a, nameservers: [{addresses: []}]}]",
       "f:1: zones[0].nameservers[0]: found no name, expected { name: NAME, addresses: [] }"},
      {"zones: [{name: a, nameservers: [{name: b.a}, {name: b.a}]}]",
       "f:1: zones[0].nameservers[1]: found 'b.a' again, expected each name once"},
      {"zones: [{name: a, nameservers: [{name: b.a, addresses: [b]}]}]",
       "f:1: zones[0].nameservers[0].addresses[0]: found 'b', expected an IP address"},
      // Sources.
      {"sources: [{}]", "f:1: sources[0]: found both or neither, expected one of kubernetes and files"},
      {"sources: [{kubernetes: {}, files: {path: /a}}]",
       "f:1: sources[0]: found both or neither, expected one of kubernetes and files"},
      {"sources: [{files: {}}]", "f:1: sources[0].files: found no path, expected { path: PATH }"},
      {"sources: [{kubernetes: {cluster: a/b}}]",
       "f:1: sources[0].kubernetes.cluster: found 'a/b', expected a name of up to 63 letters, digits, dots, hyphens "
       "and underscores"},
      {"sources: [{kubernetes: {namespaces: [A]}}]",
       "f:1: sources[0].kubernetes.namespaces[0]: found 'A', expected a namespace: up to 63 lower-case letters, digits "
       "and hyphens"},
      {"sources: [{kubernetes: {}}, {kubernetes: {context: c}}]",
       "f:1: sources[1]: found the source 'kubernetes' again, expected each cluster and path once"},
      {"sources: [{files: {path: /a, local: true}}, {files: {path: /b, local: true}}]",
       "f:1: sources[1]: found a second local source, expected one"},
      {"sources: [{files: {path: /a, local: 1}}]", "f:1: sources[0].files.local: found '1', expected true or false"},
      {"sourceWait: 2h", "f:1: sourceWait: found '2h', expected a duration from 0s to 1h"},
      {"zones: [{name: a, answer: pods}]", "f:1: zones[0].answer: found 'pods', expected addresses or endpoints"},
      {"zones: [{name: a, file: []}]", "f:1: zones[0].file: found a list, expected one value"},
      {"publish: {visibility: private}", "f:1: publish.visibility: found 'private', expected public or all"},
      {"publish: {claims: own}", "f:1: publish.claims: found 'own', expected any or namespace"},
      {"publish: {withoutAddress: drop}",
       "f:1: publish.withoutAddress: found 'drop', expected skip, default or endpoints"},
      {"publish: {withoutAddress: default}",
       "f:1: publish: found withoutAddress: default without an address, expected defaultAddress: IP"},
      {"publish: {defaultAddress: a}", "f:1: publish.defaultAddress: found 'a', expected an IP address"},
      {"publish: {defaultAddress: 0.0.0.0}",
       "f:1: publish.defaultAddress: found '0.0.0.0', expected an address that can be reached"},
      {"publish: {conflicts: newest}", "f:1: publish.conflicts: found 'newest', expected oldest or merge"},
      {"publish: {reverse: [10.0.0.1/8]}",
       "f:1: publish.reverse[0]: found '10.0.0.1/8', expected an IP address or a CIDR block such as 10.0.0.0/8; "
       "'10.0.0.1/8' has bits set behind its prefix length"},
      {"publish: {services: yes}", "f:1: publish.services: found 'yes', expected true or false"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text.substr(0, 200));
    const auto config = read_config("f", c.text);
    REQUIRE_FALSE(config);
    if (c.error.ends_with(": ")) {
      CHECK(config.error().starts_with(c.error));  // the rest is yaml-cpp's
    } else {
      CHECK(config.error() == c.error);
    }
  }
}

}  // namespace
}  // namespace meshdns
