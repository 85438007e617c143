#include "cmd/ctl/command_line.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

/// What running the command line ends with; a line that is not understood is usage.
Ended end_of(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "meshdnsctl");
  const auto run = parse_ctl_command_line(static_cast<int>(arguments.size()), arguments.data(), "1.2.3");
  return run ? (*run)() : Ended{kUsage, run.error()};
}

TEST_CASE("what is wrong with the command line") {
  struct Case {
    std::vector<const char*> arguments;
    std::string error;
  };
  const std::string help = "; meshdnsctl --help shows what there is";
  const std::string explain_help = "; meshdnsctl explain --help shows what there is";
  const std::vector<Case> cases = {
      {{}, "found no command, expected one" + help},
      {{"explian", "a"}, "found the unknown command 'explian', the nearest known one is explain" + help},
      {{"--verson"}, "found the unknown flag '--verson', the nearest known one is --version" + help},
      {{"explain"}, "NAME is required" + explain_help},
      {{"explain", "a", "b"}, "found the argument 'b', expected nothing behind NAME" + explain_help},
      {{"explain", "a", "explain"}, "found the argument 'explain', expected nothing behind NAME" + explain_help},
      {{"explain", "a", "--adnim=x"},
       "found the unknown flag '--adnim', the nearest known one is --admin" + explain_help},
      {{"explain", "a", "--type"}, "--type: 1 required TYPE missing" + explain_help},
      {{"explain", "a", "-o", "xml"}, "--output: found 'xml', expected text, json or yaml"},
      {{"explain", "a", "--admin", "127.0.0.1:9153"},
       "--admin: found '127.0.0.1:9153', expected a URL such as http://127.0.0.1:9153"},
      {{"stub", "status", "--flavour", "bind"},
       "--flavour: found 'bind', expected auto, coredns, coredns-custom, kube-dns or node-local"},
      {{"stub", "restore", "-n", ""}, "--namespace: found nothing, expected one such as kube-system"},
      {{"stub", "verify", "--server", "service/a/b/c"},
       "--server: found 'service/a/b/c', expected service/NAMESPACE/NAME"},
      {{"stub", "detect", "--server", "0.0.0.0"}, "--server: found 0.0.0.0, expected an address that can be asked"},
      {{"stub", "install", "--server", "192.0.2.1", "--coredns-version", "new"},
       "--coredns-version: found 'new', expected a version such as 1.11.1"},
      {{"stub", "install", "--server", "192.0.2.1", "--file", ""},
       "--file: found nothing, expected a Corefile, or - for standard input"},
      {{"stub", "remove", "--file", ""}, "--file: found nothing, expected a Corefile, or - for standard input"},
  };
  for (const Case& c : cases) {
    const Ended ended = end_of(c.arguments);
    CHECK(ended.code == kUsage);
    CHECK(ended.text == c.error);
  }
}

TEST_CASE("what is printed") {
  CHECK(end_of({"--version"}).text == "meshdnsctl 1.2.3\n");
  CHECK(end_of({"--help"}).text.find("Commands:\n  explain ") != std::string::npos);
  for (const char* part : {"Examples:\n  # ", "Flags:\n", "--admin URL", "Usage: meshdnsctl explain [FLAGS] NAME\n"}) {
    CHECK(end_of({"explain", "--help"}).text.find(part) != std::string::npos);
  }
}

}  // namespace
}  // namespace meshdns
