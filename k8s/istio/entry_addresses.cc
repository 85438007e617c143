#include "k8s/istio/entry_addresses.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace meshdns {
namespace {

// Of one host. With 256 AAAA records an answer has 7 KB, and no client tries them all; 4096 endpoints would not fit into a message.
constexpr size_t kMostEndpoints = 256;
// Of addresses and endpoints, how many one reason is said about: the first of 4096 tell a person what is wrong with all, and more
// would let an object of a few KB take hundreds here.
constexpr uint16_t kMostSkips = 32;

void add(const IpAddress& address, std::vector<IpAddress>& addresses) {
  if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) addresses.push_back(address);
}

/// The ports that clients connect to, and the numbers that endpoints have for them. A name is looked up once wherever it stands: 4096
/// endpoints with 256 ports must not compare a million names.
class EndpointPorts {
 public:
  explicit EndpointPorts(const ServiceEntry& entry) : ports_(entry.ports) {
    for (const Port& port : ports_) {
      places_.try_emplace(port.name, numbers_.size());
      numbers_.push_back(port.number);
    }
    replace(entry.target_ports, numbers_);
  }

  /// The first port that the endpoint has under another number: "http1 8000 is 15443". Empty: none.
  std::string changed(const ServiceEntry::PortMap& own) const {
    std::vector<int64_t> numbers = numbers_;
    replace(own, numbers);
    const auto is_same = [](const Port& port, int64_t number) { return port.number == number; };
    const auto [port, number] = std::ranges::mismatch(ports_, numbers, is_same);
    if (port == ports_.end()) return {};
    return port->name + " " + std::to_string(port->number) + " is " + std::to_string(*number);
  }

 private:
  void replace(const ServiceEntry::PortMap& by, std::vector<int64_t>& numbers) const {
    for (const auto& [name, number] : by) {
      if (const auto place = places_.find(name); place != places_.end()) numbers[place->second] = number;
    }
  }

  const std::vector<Port>& ports_;
  std::unordered_map<std::string_view, size_t> places_;
  std::vector<int64_t> numbers_;  // by place
};

/// What cannot be answered of the endpoint, or nothing.
std::optional<Skipped> refusal(const EndpointPorts& ports, const ServiceEntry::Endpoint& endpoint) {
  const auto address = IpAddress::parse(endpoint.address);
  if (!address) {
    return Skipped{SkipReason::kEndpointNotIp, shown(endpoint.address),
                   "the answer is endpoints, expected an IP address: names and sockets cannot be an A or AAAA record"};
  }
  if (address->is_unspecified()) {
    return Skipped{SkipReason::kInvalidAddress, shown(endpoint.address), "expected an IP address that can be reached"};
  }
  if (const std::string port = ports.changed(endpoint.ports); !port.empty()) {
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
    if (const auto address = read_address(text)) add(*address, *spec_);
  }
  return *spec_;
}

const std::vector<EntryAddresses::Allocated>& EntryAddresses::allocated() {
  if (allocated_) return *allocated_;
  allocated_.emplace();
  for (const auto& [value, host_text] : entry_.status_addresses) {
    const auto address = read_address(value);
    const auto host = Name::parse(host_text);
    if (!address || (!host_text.empty() && !host)) continue;
    allocated_->push_back({*address, host_text.empty() ? std::nullopt : std::optional(*host)});
  }
  return *allocated_;
}

const std::vector<IpAddress>& EntryAddresses::of_endpoints() {
  if (endpoints_) return *endpoints_;
  endpoints_.emplace();
  const EndpointPorts ports(entry_);
  for (const ServiceEntry::Endpoint& endpoint : entry_.endpoints) {
    if (endpoints_->size() == kMostEndpoints) {
      skip({SkipReason::kTooManyEndpoints, "spec.endpoints",
            "expected at most " + std::to_string(kMostEndpoints) + " to answer: the first ones are"});
      break;
    }
    if (auto refused = refusal(ports, endpoint)) {
      skip(*std::move(refused));
    } else {
      add(*IpAddress::parse(endpoint.address), *endpoints_);
    }
  }
  return *endpoints_;
}

std::optional<IpAddress> EntryAddresses::read_address(const std::string& text) {
  const auto block = IpBlock::parse(text);
  if (!block || (block->is_single() && block->base().is_unspecified())) {
    skip({SkipReason::kInvalidAddress, shown(text), "expected an IP address that can be reached"});
    return std::nullopt;
  }
  if (!block->is_single()) {
    skip({SkipReason::kAddressBlock, shown(text), "expected an address, or a block of one address"});
    return std::nullopt;
  }
  return block->base();
}

void EntryAddresses::skip(Skipped skipped) {
  uint16_t& said = said_.at(static_cast<size_t>(skipped.reason));
  if (said == kMostSkips) return;
  ++said;
  skipped_.push_back(std::move(skipped));
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
