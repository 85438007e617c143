#include "k8s/stub/corefile_key.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

/// "dns://example.org:53", each; the error where there is one.
std::string text(const Result<std::vector<ZoneAddress>>& addresses) {
  if (!addresses) return addresses.error();
  std::string all;
  for (const ZoneAddress& address : *addresses) {
    all += (all.empty() ? "" : " ") + address.scheme + "://" + address.zone.text() + ":" + std::to_string(address.port);
  }
  return all;
}

TEST_CASE("keys of server blocks") {
  struct Case {
    const char* key;
    const char* addresses;
  };
  for (const Case& c :
       std::vector<Case>{{".", "dns://.:53"},
                         {".:1053", "dns://.:1053"},
                         {"Example.ORG.", "dns://example.org:53"},
                         {"dns://.:53", "dns://.:53"},
                         {"tls://example.org", "tls://example.org:853"},
                         {"https://.", "https://.:443"},
                         {"https3://.", "https3://.:443"},
                         {"grpc://.:50051", "grpc://.:50051"},
                         {"global:+53", "dns://global:53"},
                         {"global:0053", "dns://global:53"},
                         {"10.0.0.0/8", "dns://10.in-addr.arpa:53"},
                         {"10.0.0.0/15:1053", "dns://0.10.in-addr.arpa:1053 dns://1.10.in-addr.arpa:1053"},
                         {"192.168.1.1/24", "dns://1.168.192.in-addr.arpa:53"},
                         {"2001:db8::/32", "dns://8.b.d.0.1.0.0.2.ip6.arpa:53"},
                         {"10.0.0.1", "dns://10.0.0.1:53"},
                         {"a:b", "dns://a:b:53"},
                         {"gopher://a", "dns://gopher://a:53"},
                         {":53", "found ':53', expected a zone, a network or a brace"},
                         {"a:", "found 'a:', expected a port after the colon"},
                         {"a:65536", "found 'a:65536', expected a port up to 65535"},
                         {"a:-1", "found 'a:-1', expected a port up to 65535"},
                         {"a..b", "found 'a..b', expected a zone, a network or a brace"},
                         {".:53{", "found '.:53{', expected white space before the brace"},
                         {"0::/0", "found '0::/0', expected a network that begins with neither 0 nor a colon"}}) {
    CAPTURE(c.key);
    CHECK(text(parse_server_key(c.key)) == c.addresses);
  }
}

}  // namespace
}  // namespace meshdns
