#pragma once

// A Corefile: its text, which is kept octet for octet, and over it the tree that CoreDNS reads. Whoever changes it changes the text at
// the octets that the tree names, and parses again. A value.
//
//   Corefile
//   ├─ imports             import PATTERN that names no snippet: what is in those files is not known here
//   └─ blocks              KEY… { … }, or the one without braces that ends the text
//      └─ directives       PLUGIN ARGUMENT… { … }
//         └─ options       the lines of its block, directives again
//
// A snippet is expanded where it is imported, as CoreDNS does; what came by one is `imported`, and its octets are those of the snippet.
// An environment variable is never expanded.
//
// Errors: "Corefile:12: found …, expected …", for what CoreDNS's parser refuses, for zones of which it would refuse one as a duplicate,
// and for plugins that cannot have such a name. Whether CoreDNS has a plugin and likes its arguments is not looked at.
// Source: github.com/coredns/caddy, caddyfile/parse.go; https://coredns.io/manual/configuration/

#include <optional>
#include <string>
#include <vector>

#include "k8s/stub/corefile_key.h"
#include "k8s/stub/corefile_tokens.h"

namespace meshdns {

struct Directive {
  CorefileToken name;
  std::vector<CorefileToken> arguments;
  bool has_block = false;
  std::vector<Directive> options;
  size_t end = 0;  // octets, behind its last word or brace; it begins where its name does
  bool imported = false;

  /// The text of the argument; empty where there are fewer.
  std::string_view argument(size_t index) const;
  bool is(std::string_view plugin) const { return name.text == plugin; }
};

struct ServerKey {
  CorefileToken token;                 // without the comma that may end it
  std::vector<ZoneAddress> addresses;  // none where it takes an environment variable
};

struct ServerBlock {
  std::vector<ServerKey> keys;
  std::vector<Directive> directives;
  bool imports_files = false;
  bool has_braces = false;
  bool imported = false;
  size_t after = 0;  // octets: where what comes before it ends
  size_t begin = 0;
  size_t end = 0;
  int line = 0;

  bool serves(const Name& zone) const;
};

struct FileImport {
  std::string pattern;  // as written: "custom/*.server"
  int line;
  std::optional<size_t> block;  // in which it stands; none: it may bring blocks
};

class Corefile {
 public:
  static Result<Corefile> parse(std::string text);

  const std::string& text() const { return text_; }
  const std::vector<ServerBlock>& blocks() const { return blocks_; }
  const std::vector<FileImport>& imports() const { return imports_; }

 private:
  friend class CorefileParser;

  std::string text_;
  std::vector<ServerBlock> blocks_;  // without those that CoreDNS drops, because they have no key, and without snippets
  std::vector<FileImport> imports_;
};

}  // namespace meshdns
