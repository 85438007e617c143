#pragma once

// Values as a person writes them, in the configuration file or behind a flag. Every error is one phrase: what was found, what
// was expected. Who calls knows the file, the line and the key, or the flag.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "cmd/config.h"
#include "zone/result.h"

namespace meshdns {

/// Control characters as \xHH: what is left takes one line.
std::string escape_controls(std::string_view text);

/// The text as a message may show it: in quotes, control characters escaped, cut after 100 octets.
std::string quote(std::string_view text);

Result<uint32_t> parse_number(std::string_view text, uint32_t least, uint32_t most);
Result<std::chrono::milliseconds> parse_duration_within(std::string_view text, std::chrono::milliseconds least,
                                                        std::chrono::milliseconds most);

/// "127.0.0.1:53", "[::1]:53"; port 0 picks a free one.
Result<SocketAddress> parse_socket_address(std::string_view text);
Result<IpAddress> parse_address(std::string_view text);
Result<IpBlock> parse_block(std::string_view text);

/// A name below the root, no wildcard, short enough that its own names fit in front: `ns.dns.` and `hostmaster.`.
Result<Name> parse_zone_name(std::string_view text);

/// The same, or the root.
Result<Name> parse_apex(std::string_view text);

/// A name that a host can have: neither the root nor a wildcard.
Result<Name> parse_host_name(std::string_view text);

/// A mailbox in the form of a name (RFC 1035 §3.3.13): "hostmaster.global".
Result<Name> parse_contact(std::string_view text);

/// "auto" (0) or a number of threads.
Result<uint32_t> parse_workers(std::string_view text);

/// A manifest or a directory of them; whether it exists shows when the server starts.
Result<std::string> parse_path(std::string_view text);

/// What a cluster is called in /explain, /ready and in the metrics' labels.
Result<std::string> parse_cluster(std::string_view text);

/// A namespace's name: an RFC 1123 label, as Kubernetes has it.
Result<std::string> parse_namespace(std::string_view text);

Result<bool> parse_bool(std::string_view text);
/// What the server says about itself: up to 128 octets of text, none of them a control character.
Result<std::string> parse_identity(std::string_view text);

/// The same; "hidden" is empty.
Result<std::string> parse_version(std::string_view text);

/// What zones[].answer and the keys of publish are.
Result<Answer> parse_answer(std::string_view text);
Result<CatalogOptions::Claims> parse_claims(std::string_view text);
Result<CatalogOptions::Conflicts> parse_conflicts(std::string_view text);
Result<PublishRules::Visibility> parse_visibility(std::string_view text);
Result<PublishRules::WithoutAddress> parse_without_address(std::string_view text);

/// An address that can be reached.
Result<IpAddress> parse_reachable_address(std::string_view text);

Result<LogLevel> parse_log_level(std::string_view text);
Result<LogFormat> parse_log_format(std::string_view text);
Result<QueryLog> parse_query_log(std::string_view text);

}  // namespace meshdns
