#include "k8s/mesh/failover_wish.h"

#include <charconv>

#include "k8s/api/api_objects.h"
#include "k8s/mesh/destination.h"
#include "k8s/mesh/locality.h"

namespace meshdns {
namespace {

constexpr int64_t kAll = 100;

std::string quoted(std::string_view text) { return "\"" + printable(text) + "\""; }

}  // namespace

Result<LocalityShare> parse_locality_share(std::string_view text) {
  const size_t equals = text.rfind('=');
  if (equals == std::string_view::npos) {
    return Error{"found " + quoted(text) + ", expected LOCALITY=SHARE, such as region1/zone1=80"};
  }
  const auto locality = parse_locality(text.substr(0, equals));
  if (!locality) return Error{locality.error() + "; each endpoint's is to be named"};
  const std::string_view share = text.substr(equals + 1);
  LocalityShare parsed{*locality, 0};
  const auto [end, error] = std::from_chars(share.data(), share.data() + share.size(), parsed.share);
  if (error == std::errc() && end == share.data() + share.size() && parsed.share >= 1 && parsed.share <= kAll)
    return parsed;
  return Error{
      "found the share " + quoted(share) + " for " + *locality +
      ", expected a number from 1 to 100: endpoints without a share are left out, and nothing fails over to them"};
}

std::optional<Error> check_shares(const std::vector<LocalityShare>& shares) {
  int64_t sum = 0;
  for (size_t i = 0; i < shares.size(); ++i) {
    sum += shares[i].share;
    for (size_t j = 0; j < shares.size(); ++j) {
      if (i == j || !is_in_locality(shares[i].locality, shares[j].locality)) continue;
      if (shares[i].locality == shares[j].locality)
        return Error{"found " + shares[i].locality + " twice, expected one share for it"};
      return Error{"found " + shares[i].locality + " beside " + shares[j].locality +
                   ", which it is in, expected one of them"};
    }
  }
  if (sum == kAll) return std::nullopt;
  return Error{"the shares sum to " + std::to_string(sum) + ", expected 100"};
}

Result<std::pair<std::string, std::string>> parse_address_locality(std::string_view text) {
  const size_t equals = text.find('=');
  const auto endpoint = parse_endpoint_address(text.substr(0, equals));
  if (equals == std::string_view::npos || !endpoint) {
    return Error{"found " + quoted(text) + ", expected ADDRESS=LOCALITY, such as 172.25.55.50=region2/zone1"};
  }
  const auto locality = parse_locality(text.substr(equals + 1));
  if (!locality) return Error{locality.error()};
  return std::pair(endpoint->address, *locality);
}

}  // namespace meshdns
