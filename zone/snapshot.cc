#include "zone/snapshot.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "zone/octets.h"

namespace meshdns {
namespace {

constexpr std::string_view kMagic = "meshdns\n";
constexpr uint32_t kVersion = 1;  // steps with every change of the format, and of what a publication means
constexpr size_t kSealed = kMagic.size() + 4 + std::tuple_size_v<Digest>;

constexpr size_t kMostAddresses = 16'383;  // of a host: as many as a holding has room for

std::span<const uint8_t> octets_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

void put(std::vector<uint8_t>& out, std::span<const uint8_t> octets) {
  out.insert(out.end(), octets.begin(), octets.end());
}

void put_text(std::vector<uint8_t>& out, std::string_view text) {
  append16(out, text.size());
  put(out, octets_of(text));
}

/// Takes values from the front. What goes wrong first stays: from then on everything is empty or zero.
class Cursor {
 public:
  Cursor(std::string_view octets, size_t at) : octets_(octets), at_(at) {}

  size_t at() const { return at_; }
  bool at_end() const { return at_ == octets_.size(); }
  bool failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }

  void fail(std::string_view what) {
    if (!failed()) error_ = "at octet " + std::to_string(at_) + ": " + std::string(what);
  }

  uint64_t number(size_t octets) {
    uint64_t value = 0;
    for (const char c : take(octets)) value = value << 8 | static_cast<uint8_t>(c);
    return value;
  }

  int64_t time() {
    const auto seconds = static_cast<int64_t>(number(8));
    if (seconds <= 0) fail("found a time before 1970, expected Unix seconds");
    return seconds;
  }

  std::string_view text() { return take(number(2)); }

  Name name() {
    auto name = Name::from_wire(octets_of(take(number(1))));
    if (name) return *std::move(name);
    fail(name.error());
    return {};
  }

  AddressOrigin origin() {
    const auto origin = number(1);
    if (origin > static_cast<uint64_t>(AddressOrigin::kEndpoints)) fail("found an unknown origin of addresses");
    return static_cast<AddressOrigin>(origin);
  }

  IpAddress address() {
    const std::string_view octets = take(number(1));
    if (octets.size() == 4) return IpAddress::v4(octets_of(octets).first<4>());
    if (octets.size() == 16) return IpAddress::v6(octets_of(octets).first<16>());
    fail("found an address of " + std::to_string(octets.size()) + " octets, expected 4 or 16");
    return {};
  }

  std::string_view take(size_t size) {
    if (failed()) return {};
    if (size > octets_.size() - at_) {
      fail("found the end, expected " + std::to_string(size) + " octets more");
      return {};
    }
    return octets_.substr(std::exchange(at_, at_ + size), size);
  }

 private:
  std::string_view octets_;
  size_t at_;
  std::string error_;
};

template <class T>
bool has_duplicates(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  return std::adjacent_find(values.begin(), values.end()) != values.end();
}

HostAddresses take_host(Cursor& in) {
  HostAddresses host{.owner = in.name(), .origin = in.origin()};
  const auto addresses = in.number(2);
  if (addresses == 0 || addresses > kMostAddresses) in.fail("expected 1 to 16383 addresses of a host");
  for (uint64_t i = 0; i < addresses && !in.failed(); ++i) host.addresses.push_back(in.address());
  if (has_duplicates(host.addresses)) in.fail("found an address twice, expected each once");
  return host;
}

Port take_port(Cursor& in) {
  Port port{std::string(in.text()), static_cast<uint16_t>(in.number(2)), std::string(in.text())};
  if (port.number == 0) in.fail("found port 0, expected 1 to 65535");
  return port;
}

Publication take_publication(Cursor& in) {
  Publication publication{.object = std::string(in.text()), .created = 0, .hosts = {}, .ports = {}, .skipped = {}};
  if (publication.object.empty()) in.fail("found an object without a name");
  publication.created = static_cast<int64_t>(in.number(8));
  std::vector<Name> owners;
  for (auto left = in.number(2); left > 0 && !in.failed(); --left) {
    owners.push_back(publication.hosts.emplace_back(take_host(in)).owner);
  }
  if (has_duplicates(std::move(owners))) in.fail("found a host twice, expected each once");
  for (auto left = in.number(2); left > 0 && !in.failed(); --left) publication.ports.push_back(take_port(in));
  return publication;
}

SnapshotHead take_head(Cursor& in) {
  SnapshotHead head;
  head.taken = in.time();
  const std::string_view shape = in.take(head.shape.size());
  std::copy(shape.begin(), shape.end(), head.shape.begin());
  for (auto left = in.number(4); left > 0 && !in.failed(); --left) {
    Name apex = in.name();
    head.serials.push_back({std::move(apex), static_cast<uint32_t>(in.number(4))});
  }
  return head;
}

SnapshotSource take_source(Cursor& in) {
  SnapshotSource source{.identity = std::string(in.take(in.number(4))), .as_of = in.time()};
  source.whole = in.number(1) != 0;
  source.publications = static_cast<uint32_t>(in.number(4));
  return source;
}

/// What stands around the content, and that nothing has happened to the content.
std::optional<Error> check_seal(std::string_view octets) {
  if (octets.size() < kSealed || !octets.starts_with(kMagic)) return Error{"it is no snapshot of meshdns"};
  Cursor in(octets, kMagic.size());
  const auto version = in.number(4);
  if (version != kVersion) {
    return Error{"it has version " + std::to_string(version) + " of the format, expected " + std::to_string(kVersion)};
  }
  const Digest digest = digest_of(octets_of(octets.substr(kSealed)));
  if (std::ranges::equal(octets_of(in.take(digest.size())), digest)) return std::nullopt;
  return Error{"it is torn or was changed: its checksum is another one"};
}

}  // namespace

Digest digest_of(std::span<const uint8_t> octets) {
  Digest digest;
  // Fails for want of memory alone.
  if (EVP_Digest(octets.data(), octets.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) std::abort();
  return digest;
}

SnapshotWriter::SnapshotWriter(const SnapshotHead& head, size_t sources, size_t octets) {
  out_.reserve(octets);
  put(out_, octets_of(kMagic));
  append32(out_, kVersion);
  put(out_, Digest{});
  append64(out_, static_cast<uint64_t>(head.taken));
  put(out_, head.shape);
  append32(out_, static_cast<uint32_t>(head.serials.size()));
  for (const SnapshotHead::Serial& zone : head.serials) {
    out_.push_back(static_cast<uint8_t>(zone.apex.wire().size()));
    put(out_, zone.apex.wire());
    append32(out_, zone.serial);
  }
  append32(out_, static_cast<uint32_t>(sources));
}

void SnapshotWriter::source(const SnapshotSource& source) {
  append32(out_, static_cast<uint32_t>(source.identity.size()));
  put(out_, octets_of(source.identity));
  append64(out_, static_cast<uint64_t>(source.as_of));
  out_.push_back(source.whole ? 1 : 0);
  append32(out_, source.publications);
}

void SnapshotWriter::publication(const Publication& publication) {
  put_text(out_, publication.object);
  append64(out_, static_cast<uint64_t>(publication.created));
  append16(out_, publication.hosts.size());
  for (const HostAddresses& host : publication.hosts) {
    out_.push_back(static_cast<uint8_t>(host.owner.wire().size()));
    put(out_, host.owner.wire());
    out_.push_back(static_cast<uint8_t>(host.origin));
    append16(out_, host.addresses.size());
    for (const IpAddress& address : host.addresses) {
      out_.push_back(static_cast<uint8_t>(address.bytes().size()));
      put(out_, address.bytes());
    }
  }
  append16(out_, publication.ports.size());
  for (const Port& port : publication.ports) {
    put_text(out_, port.name);
    append16(out_, port.number);
    put_text(out_, port.protocol);
  }
}

std::vector<uint8_t> SnapshotWriter::finish() {
  const Digest digest = digest_of(std::span(out_).subspan(kSealed));
  std::copy(digest.begin(), digest.end(), out_.begin() + kSealed - digest.size());
  return std::move(out_);
}

Result<Snapshot> Snapshot::read(std::string octets) {
  Snapshot snapshot;
  snapshot.octets_ = std::move(octets);
  if (auto error = check_seal(snapshot.octets_)) return *std::move(error);
  Cursor in(snapshot.octets_, kSealed);
  snapshot.head_ = take_head(in);
  for (auto sources = in.number(4); sources > 0 && !in.failed(); --sources) {
    const SnapshotSource& source = snapshot.sources_.emplace_back(take_source(in));
    snapshot.offsets_.push_back(in.at());
    for (uint32_t left = source.publications; left > 0 && !in.failed(); --left) take_publication(in);
  }
  if (!in.at_end()) in.fail("found more, expected the end");
  if (in.failed()) return Error{in.error()};
  return snapshot;
}

void Snapshot::for_each(size_t source, const std::function<void(Publication)>& visit) const {
  Cursor in(octets_, offsets_[source]);
  for (uint32_t left = sources_[source].publications; left > 0; --left) visit(take_publication(in));
}

}  // namespace meshdns
