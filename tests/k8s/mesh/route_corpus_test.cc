// set-weights on manifests as people write them: routes/asked.yaml says what is asked of each, and which lines differ afterwards.

#include <doctest/doctest.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "k8s/mesh/manifest_text.h"
#include "k8s/mesh/route_choice.h"
#include "k8s/mesh/route_weights.h"

namespace meshdns {
namespace {

const std::filesystem::path kRoutes = MESHDNS_MESH_ROUTES;
const std::string kHost = "service01.bar.svc.cluster.local";

std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines{""};
  for (const char c : text) c == '\n' ? lines.push_back("") : lines.back().push_back(c);
  return lines;
}

/// The text with the lines as the table says.
std::string with_lines(const std::string& text, const YAML::Node& then) {
  const std::vector<std::string> lines = lines_of(text);
  std::string result;
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    result += i == 0 ? "" : "\n";
    result += then[number] ? then[number].as<std::string>() : lines[i];
    if (then[number + "+"]) result += "\n" + then[number + "+"].as<std::string>();
  }
  return result;
}

/// The object that has the host, with its route and what is asked of it.
Result<std::string> with_weights(const ManifestText& manifest, const YAML::Node& row) {
  std::vector<WeightedDestination> to;
  for (const auto& each : row["to"]) to.push_back(*parse_weighted_destination(each.as<std::string>()));
  const auto match = parse_route_match(row["match"] ? row["match"].as<std::string>() : "");
  for (size_t i = 0; i < manifest.objects().size(); ++i) {
    const auto service = parse_virtual_service(manifest.objects()[i].json, "bar");
    if (!service || service->hosts != std::vector{kHost}) continue;
    const auto route = route_for(*service, *match, "");
    if (!route) return Error{route.error()};
    const auto change = change_weights(manifest.objects()[i].json, *service, *route, to, std::nullopt);
    if (!change) return Error{change.error()};
    return manifest.patched(i, change->patch);
  }
  return Error{"no such object"};
}

TEST_CASE("of every manifest the weights' octets differ, and nothing else") {
  std::set<std::string> listed{"asked.yaml"};
  for (const auto& row : YAML::LoadFile(kRoutes / "asked.yaml")) {
    const auto file = row["file"].as<std::string>();
    CAPTURE(file);
    listed.insert(file);
    const std::string text = read(kRoutes / file);
    const auto before = ManifestText::parse(text, file);
    REQUIRE_MESSAGE(before, before.error());
    const auto result = with_weights(*before, row);
    REQUIRE_MESSAGE(result, result.error());
    CHECK(*result == with_lines(text, row["then"]));

    const auto after = ManifestText::parse(*result, file);
    REQUIRE_MESSAGE(after, after.error());
    REQUIRE(after->objects().size() == before->objects().size());
    for (size_t i = 0; i < after->objects().size(); ++i) {
      const auto changes = nlohmann::json::diff(nlohmann::json::parse(before->objects()[i].json),
                                                nlohmann::json::parse(after->objects()[i].json));
      for (const auto& change : changes) CHECK(change["path"].get<std::string>().ends_with("/weight"));
    }
  }
  for (const auto& entry : std::filesystem::directory_iterator(kRoutes))
    CHECK(listed.contains(entry.path().filename()));
  CHECK(listed.size() > 40);
}

}  // namespace
}  // namespace meshdns
