#include "k8s/mesh/envoy_endpoints.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

namespace meshdns {
namespace {

constexpr std::string_view kBetween = "::";

/// CLUSTER::ADDRESS::FIELD::VALUE, where an IPv6 address has :: itself, and no value has.
struct Line {
  std::string_view cluster;
  std::string_view address;
  std::string_view field;
  std::string_view value;
};

std::optional<Line> parse_line(std::string_view line) {
  const size_t cluster = line.find(kBetween);
  const size_t value = line.rfind(kBetween);
  if (cluster == std::string_view::npos || value <= cluster + 1) return std::nullopt;
  const size_t field = line.rfind(kBetween, value - 1);
  const size_t address = cluster + kBetween.size();
  if (field == std::string_view::npos || field <= address) return std::nullopt;
  const size_t name = field + kBetween.size();
  return Line{line.substr(0, cluster), line.substr(address, field - address), line.substr(name, value - name),
              line.substr(value + kBetween.size())};
}

constexpr std::array<std::pair<std::string_view, uint64_t EnvoyEndpoint::*>, 4> kCounts = {{
    {"rq_total", &EnvoyEndpoint::rq_total},
    {"rq_success", &EnvoyEndpoint::rq_success},
    {"rq_error", &EnvoyEndpoint::rq_error},
    {"cx_connect_fail", &EnvoyEndpoint::cx_connect_fail},
}};

void read_count(std::string_view value, uint64_t& count) {
  uint64_t read = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), read);
  if (error == std::errc() && end == value.data() + value.size()) count = read;
}

constexpr std::array<std::string_view, 3> kPlaces = {"region", "zone", "sub_zone"};

class Reader {
 public:
  explicit Reader(const std::vector<std::string>& clusters) : clusters_(clusters) {}

  void read(const Line& line) {
    if (std::ranges::find(clusters_, line.cluster) == clusters_.end()) return;
    const auto count =
        std::ranges::find(kCounts, line.field, &std::pair<std::string_view, uint64_t EnvoyEndpoint::*>::first);
    if (count != kCounts.end()) return read_count(line.value, of(line).endpoint.*(count->second));
    if (line.field == "health_flags") {
      of(line).endpoint.ejected = line.value.find("/failed_outlier_check") != std::string_view::npos;
      return;
    }
    const auto* const place = std::ranges::find(kPlaces, line.field);
    if (place != kPlaces.end()) of(line).places.at(place - kPlaces.begin()) = line.value;
  }

  std::vector<EnvoyEndpoint> done() && {
    std::vector<EnvoyEndpoint> endpoints;
    for (Read& read : read_) {
      for (size_t i = 0; i < read.places.size() && !read.places[i].empty(); ++i) {
        read.endpoint.locality += (i == 0 ? "" : "/") + std::string(read.places[i]);
      }
      endpoints.push_back(std::move(read.endpoint));
    }
    return endpoints;
  }

 private:
  struct Read {
    EnvoyEndpoint endpoint;
    std::array<std::string_view, kPlaces.size()> places;
  };

  Read& of(const Line& line) {
    const auto [found, is_new] = numbers_.try_emplace({line.cluster, line.address}, read_.size());
    if (is_new) {
      Read& read = read_.emplace_back();
      read.endpoint.cluster = line.cluster;
      read.endpoint.address = line.address;
    }
    return read_[found->second];
  }

  const std::vector<std::string>& clusters_;
  std::map<std::pair<std::string_view, std::string_view>, size_t> numbers_;
  std::vector<Read> read_;
};

}  // namespace

std::vector<EnvoyEndpoint> parse_envoy_endpoints(std::string_view text, const std::vector<std::string>& clusters) {
  Reader reader(clusters);
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (const auto line = parse_line(text.substr(0, end))) reader.read(*line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(reader).done();
}

}  // namespace meshdns
