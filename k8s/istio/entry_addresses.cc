#include "k8s/istio/entry_addresses.h"

#include <algorithm>
#include <string>

namespace meshdns {
namespace {

// Of one host. With 256 AAAA records an answer has 7 KB, and no client tries them all; 4096 endpoints would not fit into a message.
constexpr size_t kMostEndpoints = 256;
// What one reason is said about: the first of 4096 endpoints tell a person what is wrong with all.
constexpr ptrdiff_t kMostSkips = 32;

std::optional<IpAddress> read_address(const std::string& text, std::vector<Skipped>& skipped) {
  const auto block = IpBlock::parse(text);
  if (!block || (block->is_single() && block->base().is_unspecified())) {
    skipped.push_back({SkipReason::kInvalidAddress, shown(text), "expected an IP address that can be reached"});
    return std::nullopt;
  }
  if (!block->is_single()) {
    skipped.push_back({SkipReason::kAddressBlock, shown(text), "expected an address, or a block of one address"});
    return std::nullopt;
  }
  return block->base();
}

void add(const IpAddress& address, std::vector<IpAddress>& addresses) {
  if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) addresses.push_back(address);
}

int64_t number_in(const ServiceEntry::PortMap& map, const std::string& port, int64_t otherwise) {
  const auto found = std::find_if(map.begin(), map.end(), [&](const auto& each) { return each.first == port; });
  return found == map.end() ? otherwise : found->second;
}

/// The first port that the endpoint has under another number than clients connect to: "http1 8000 is 15443". Empty: none.
std::string changed_port(const ServiceEntry& entry, const ServiceEntry::Endpoint& endpoint) {
  for (const Port& port : entry.ports) {
    const int64_t number = number_in(endpoint.ports, port.name, number_in(entry.target_ports, port.name, port.number));
    if (number != port.number) return port.name + " " + std::to_string(port.number) + " is " + std::to_string(number);
  }
  return {};
}

/// What cannot be answered of the endpoint, or nothing.
std::optional<Skipped> refusal(const ServiceEntry& entry, const ServiceEntry::Endpoint& endpoint) {
  const auto address = IpAddress::parse(endpoint.address);
  if (!address) {
    return Skipped{SkipReason::kEndpointNotIp, shown(endpoint.address),
                   "the answer is endpoints, expected an IP address: names and sockets cannot be an A or AAAA record"};
  }
  if (address->is_unspecified()) {
    return Skipped{SkipReason::kInvalidAddress, shown(endpoint.address), "expected an IP address that can be reached"};
  }
  if (const std::string port = changed_port(entry, endpoint); !port.empty()) {
    return Skipped{SkipReason::kChangedPort, shown(endpoint.address + " " + port),
                   "the answer is endpoints, expected the service's ports there: clients know no others"};
  }
  return std::nullopt;
}

}  // namespace

void EntryAddresses::assign(HostAddresses& host) {
  const Answer answer = rules_.answer_for(host.owner);
  if (answer == Answer::kEndpoints) {
    assign_endpoints(host);
  } else {
    assign_service(host);
  }
  if (!host.addresses.empty()) return;
  if (rules_.without_address == PublishRules::WithoutAddress::kDefault) {
    host.addresses = {*rules_.default_address};
    host.origin = AddressOrigin::kDefault;
    return;
  }
  if (rules_.without_address == PublishRules::WithoutAddress::kEndpoints) assign_endpoints(host);
  if (host.addresses.empty()) {
    skipped_.push_back({SkipReason::kNoAddress, shown(host.owner.text()), expected(answer)});
  }
}

void EntryAddresses::assign_service(HostAddresses& host) {
  if (!entry_.addresses.empty()) {
    host.addresses = of_spec();
    host.origin = AddressOrigin::kSpec;
  } else if (rules_.allocated_addresses) {
    for (const auto& [address, only] : allocated()) {
      if (!only || *only == host.owner) add(address, host.addresses);
    }
    host.origin = AddressOrigin::kStatus;
  }
}

void EntryAddresses::assign_endpoints(HostAddresses& host) {
  host.addresses = of_endpoints();
  host.origin = AddressOrigin::kEndpoints;
}

const std::vector<IpAddress>& EntryAddresses::of_spec() {
  if (spec_) return *spec_;
  spec_.emplace();
  for (const std::string& text : entry_.addresses) {
    if (const auto address = read_address(text, skipped_)) add(*address, *spec_);
  }
  return *spec_;
}

const std::vector<EntryAddresses::Allocated>& EntryAddresses::allocated() {
  if (allocated_) return *allocated_;
  allocated_.emplace();
  for (const auto& [value, host_text] : entry_.status_addresses) {
    const auto address = read_address(value, skipped_);
    const auto host = Name::parse(host_text);
    if (!address || (!host_text.empty() && !host)) continue;
    allocated_->push_back({*address, host_text.empty() ? std::nullopt : std::optional(*host)});
  }
  return *allocated_;
}

const std::vector<IpAddress>& EntryAddresses::of_endpoints() {
  if (endpoints_) return *endpoints_;
  endpoints_.emplace();
  const auto first = static_cast<ptrdiff_t>(skipped_.size());
  for (const ServiceEntry::Endpoint& endpoint : entry_.endpoints) {
    if (endpoints_->size() == kMostEndpoints) {
      skipped_.push_back({SkipReason::kTooManyEndpoints, "spec.endpoints",
                          "expected at most " + std::to_string(kMostEndpoints) + " to answer: the first ones are"});
      break;
    }
    auto skip = refusal(entry_, endpoint);
    if (!skip) {
      add(*IpAddress::parse(endpoint.address), *endpoints_);
    } else if (std::count_if(skipped_.begin() + first, skipped_.end(),
                             [&](const Skipped& other) { return other.reason == skip->reason; }) < kMostSkips) {
      skipped_.push_back(*std::move(skip));
    }
  }
  return *endpoints_;
}

std::string EntryAddresses::expected(Answer answer) const {
  if (answer == Answer::kEndpoints)
    return "the zone answers endpoints, expected one with an IP address and the service's ports";
  if (!rules_.allocated_addresses && entry_.addresses.empty() && !entry_.status_addresses.empty()) {
    return "expected an address in spec.addresses: those that istiod allocated are valid in their own cluster alone";
  }
  return "expected an address in spec.addresses, or one that istiod allocated";
}

}  // namespace meshdns
