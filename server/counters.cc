#include "server/counters.h"

namespace meshdns {

std::string_view counted_type_name(size_t index) {
  static constexpr std::array<std::string_view, kOtherType + 1> kNames = {
      "A",  "NS",     "CNAME", "SOA",   "PTR",  "MX",   "TXT", "AAAA",  "SRV",
      "DS", "DNSKEY", "SVCB",  "HTTPS", "IXFR", "AXFR", "ANY", "other",
  };
  return kNames.at(index);
}

std::string_view rcode_name(size_t rcode) {
  static constexpr std::array<std::string_view, kRcodes> kNames = {
      "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",  "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
      "NXRRSET", "NOTAUTH", "NOTZONE",  "DSOTYPENI", "",        "",        "",         "",
      "BADVERS", "BADKEY",  "BADTIME",  "BADMODE",   "BADNAME", "BADALG",  "BADTRUNC", "BADCOOKIE",
  };
  return kNames.at(rcode);
}

}  // namespace meshdns
