#include "k8s/stub/corefile.h"

#include <algorithm>

#include "k8s/api/api_objects.h"
#include "k8s/stub/corefile_listen.h"
#include "k8s/stub/corefile_stream.h"

namespace meshdns {
namespace {

constexpr size_t kMostDepth = 64;     // of braces: the tree is walked by recursion
constexpr size_t kMostZones = 65536;  // a key of a few octets, 10.0.0.0/9, is 128 zones

bool is_plugin_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_plugin_name(const CorefileToken& token) {
  return token.has_environment() || (!token.text.empty() && std::ranges::all_of(token.text, is_plugin_character));
}

}  // namespace

/// The grammar. What is wrong is thrown as an Error, and ends in Corefile::parse().
class CorefileParser {
 public:
  CorefileParser(Corefile& corefile, std::vector<CorefileToken> tokens)
      : corefile_(corefile), stream_(std::move(tokens)) {}

  void parse() {
    while (stream_.next()) {
      begin_block();
      if (keys()) contents();
      if (block_.keys.empty()) continue;  // a snippet, or nothing that is served
      corefile_.blocks_.push_back(std::move(block_));
    }
  }

 private:
  [[noreturn]] void fail(std::string_view found, std::string_view expected) const {
    throw corefile_error(stream_.current().last_line(), found, expected);
  }
  [[noreturn]] void fail_here(std::string_view expected) const {
    const CorefileToken& here = stream_.current();
    throw corefile_error(here.line, "'" + here.text + "'", expected);
  }

  void begin_block() {
    block_ = {};
    block_.imported = stream_.imported();
    block_.after = stream_.end_before();
    block_.begin = stream_.current().begin;
    block_.line = stream_.current().line;
  }

  void import(std::optional<size_t> block) {
    const int line = stream_.current().line;
    auto pattern = stream_.import();
    if (!pattern) throw Error{pattern.error()};
    if (*pattern) corefile_.imports_.push_back({std::move(**pattern), line, block});
  }

  void import_in_block() {
    const size_t before = corefile_.imports_.size();
    import(corefile_.blocks_.size());
    block_.imports_files = block_.imports_files || corefile_.imports_.size() > before;
  }

  /// Whether a block follows them.
  bool keys() {
    bool another = false;  // a comma has promised it
    for (;;) {
      bool more;
      if (stream_.is("import") && stream_.is_new_line()) {
        import({});
        more = stream_.next();
        if (more && block_.keys.empty()) begin_block();
        if (more) continue;
      } else if (stream_.is("{")) {
        if (another) fail_here("another zone after the comma");
        return true;
      } else {
        another = key(another);
        more = stream_.next();
      }
      if (another && !more) fail("the end", "another zone after the comma");
      if (!more) {
        normalise_keys();
        return false;
      }
      if (!another && stream_.is_new_line()) return true;
    }
  }

  /// Whether a comma ends it.
  bool key(bool another) {
    CorefileToken token = stream_.current();
    if (token.text.empty()) return another;
    const bool comma = token.text.ends_with(',');
    if (comma) token.text.pop_back();
    block_.imported = block_.imported || stream_.imported();
    block_.end = token.end;
    block_.keys.push_back({std::move(token), {}});
    return comma;
  }

  void normalise_keys() {
    for (ServerKey& key : block_.keys) {
      if (key.token.has_environment()) continue;
      auto addresses = parse_server_key(key.token.text);
      if (!addresses) throw Error{"Corefile:" + std::to_string(key.token.line) + ": " + addresses.error()};
      key.addresses = std::move(*addresses);
      if ((zones_ += key.addresses.size()) > kMostZones)
        throw corefile_error(key.token.line, "more zones", "at most " + std::to_string(kMostZones));
    }
  }

  void contents() {
    if (is_snippet()) return snippet();
    normalise_keys();
    block_.has_braces = stream_.is("{");
    if (!block_.has_braces) stream_.back();
    directives();
    if (block_.has_braces && !stream_.is("}")) fail("the end", "a brace '}' that closes the block");
    if (!stream_.imported() || block_.imported) block_.end = stream_.current().end;
  }

  bool is_snippet() const {
    if (block_.keys.size() != 1) return false;
    const std::string& key = block_.keys.front().token.text;
    return key.size() > 1 && key.starts_with('(') && key.ends_with(')');
  }

  void snippet() {
    const std::string& key = block_.keys.front().token.text;
    const std::string name = key.substr(1, key.size() - 2);
    if (stream_.has_snippet(name)) fail("the snippet (" + name + ") again", "another name");
    if (!stream_.is("{")) fail_here("a brace '{' after a snippet's name");
    if (auto error = stream_.define_snippet(name)) throw std::move(*error);
    block_.keys.clear();
  }

  void directives() {
    while (stream_.next()) {
      if (stream_.is("}")) return;
      if (stream_.is("import")) {
        import_in_block();
      } else {
        directive();
      }
    }
  }

  Directive begin_directive() const {
    return {stream_.current(), {}, false, {}, stream_.current().end, stream_.imported()};
  }

  void directive() {
    if (!is_plugin_name(stream_.current())) fail_here("the name of a plugin, and white space before a brace");
    Directive& plugin = block_.directives.emplace_back(begin_directive());
    open_.clear();
    while (stream_.next()) {
      if (stream_.is("{")) {
        open_brace(plugin);
      } else if (stream_.is_new_line() && open_.empty()) {
        stream_.back();
        return;
      } else if (stream_.is("}")) {
        if (open_.empty()) fail_here("a new line before the brace that closes the block");
        open_.pop_back();
        after_brace_ = true;
      } else if (stream_.is("import") && stream_.is_new_line()) {
        import_in_block();
        continue;
      } else {
        word(plugin);
      }
      extend(plugin);
    }
    if (!open_.empty()) fail("the end", "a brace '}' that closes the block of " + printable(plugin.name.text));
  }

  void open_brace(Directive& plugin) {
    if (open_.size() == kMostDepth) fail_here("at most " + std::to_string(kMostDepth) + " braces that hold each other");
    Directive* owner = &plugin;
    if (!open_.empty()) {
      if (after_brace_) open_.back()->options.push_back(begin_directive());
      owner = &open_.back()->options.back();
    }
    owner->has_block = true;
    open_.push_back(owner);
    after_brace_ = true;
  }

  void word(Directive& plugin) {
    if (open_.empty()) {
      plugin.arguments.push_back(stream_.current());
    } else if (after_brace_ || stream_.is_new_line()) {
      open_.back()->options.push_back(begin_directive());
    } else {
      open_.back()->options.back().arguments.push_back(stream_.current());
    }
    after_brace_ = false;
  }

  /// The current word or brace belongs to the plugin, to the options that are open, and to the last of them.
  void extend(Directive& plugin) {
    const auto extend_one = [&](Directive& directive) {
      if (directive.imported == stream_.imported()) directive.end = stream_.current().end;
    };
    extend_one(plugin);
    for (Directive* directive : open_) extend_one(*directive);
    if (!open_.empty() && !open_.back()->options.empty()) extend_one(open_.back()->options.back());
  }

  Corefile& corefile_;
  TokenStream stream_;
  ServerBlock block_;
  size_t zones_ = 0;              // of all blocks
  std::vector<Directive*> open_;  // those of the current plugin whose block is open, from the plugin inwards
  bool after_brace_ = false;      // the next word begins an option
};

std::string_view Directive::argument(size_t index) const {
  return index < arguments.size() ? std::string_view(arguments[index].text) : std::string_view();
}

bool ServerBlock::serves(const Name& zone) const {
  return std::ranges::any_of(keys, [&](const ServerKey& key) {
    return std::ranges::any_of(key.addresses, [&](const ZoneAddress& address) { return address.zone == zone; });
  });
}

Result<Corefile> Corefile::parse(std::string text) {
  if (text.size() > kMostCorefileOctets)
    return Error{"Corefile: found " + std::to_string(text.size()) + " octets, expected at most 1 MiB"};
  auto tokens = corefile_tokens(text);
  if (!tokens) return Error{tokens.error()};
  Corefile corefile;
  corefile.text_ = std::move(text);
  try {
    CorefileParser(corefile, std::move(*tokens)).parse();
  } catch (Error& error) {
    return std::move(error);
  }
  if (auto error = duplicate_zone(corefile.blocks_)) return std::move(*error);
  return corefile;
}

}  // namespace meshdns
