// The server and the model answer the same: random zones × interesting names × types.
//
//   model_test --zones 10000     zones of the seeds 1, 2, … until there are so many
//   model_test --seed 42         the zones of one seed
//
// The first difference ends it, with the smallest zones that still show it.

#include "tests/model/model.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "tests/model/difference.h"
#include "tests/model/master_file.h"
#include "tests/model/queries.h"
#include "tests/model/random.h"
#include "tests/model/random_zones.h"
#include "tests/model/served.h"

namespace meshdns::model {
namespace {

/// One query of zones: all that it takes to see what came of it again.
struct Case {
  std::vector<Zone> zones;
  uint64_t spelling;
  Query query;
  uint64_t noise;
};

/// What is wrong; empty: nothing.
std::string try_case(const Case& one) {
  try {
    Served served(one.zones, one.spelling);
    const std::string message = query_message(one.query, one.noise);
    return difference(message, served.respond(message), Model(one.zones).answers(one.query));
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

bool keeps_a_zone(const std::vector<Record>& records, const Record& without) {
  return without.type != type::kSoa &&
         (without.type != type::kNs || std::count_if(records.begin(), records.end(), [&](const Record& other) {
                                         return other.type == type::kNs && other.owner == without.owner;
                                       }) > 1);
}

/// Without what it does not need to go wrong: the spelling, whole zones, records.
void shrink(Case& one) {
  const auto keep_if_wrong = [&one](Case smaller) {
    if (try_case(smaller).empty()) return false;
    one = std::move(smaller);
    return true;
  };
  Case plain = one;
  plain.spelling = 0;
  keep_if_wrong(plain);
  for (size_t zone = one.zones.size(); zone-- > 0;) {
    Case smaller = one;
    smaller.zones.erase(smaller.zones.begin() + static_cast<ptrdiff_t>(zone));
    if (!smaller.zones.empty() && keep_if_wrong(smaller)) continue;
    for (size_t i = one.zones[zone].records.size(); i-- > 0;) {
      const auto& records = one.zones[zone].records;
      if (records[i].owner == one.zones[zone].apex && !keeps_a_zone(records, records[i])) continue;
      smaller = one;
      smaller.zones[zone].records.erase(smaller.zones[zone].records.begin() + static_cast<ptrdiff_t>(i));
      keep_if_wrong(smaller);
    }
  }
}

void report(Case one, uint64_t seed, size_t zones, const std::string& wrong) {
  std::printf("seed %llu, after %zu zones: a difference\n", static_cast<unsigned long long>(seed), zones);
  const auto print = [](const Case& shown, const std::string& what) {
    for (const Zone& zone : shown.zones) {
      std::printf("--- zone %s\n%s", text(zone.apex).c_str(), master_file(zone, shown.spelling).c_str());
    }
    std::printf("--- query %s %s\n%s\n", text(shown.query.name).c_str(), type_text(shown.query.type).c_str(),
                what.c_str());
  };
  print(one, wrong);
  shrink(one);
  std::printf("\nshrunk to\n");
  print(one, try_case(one));
}

struct Run {
  size_t zones = 0;
  size_t queries = 0;

  /// All queries of one seed's zones; false at a difference.
  bool check(uint64_t seed) {
    Random random(seed);
    Case one{random_zones(seed), random.next() | 1, {{}, type::kSoa}, 0};
    zones += one.zones.size();
    try {
      Served served(one.zones, one.spelling);
      const Model model(one.zones);
      for (const Name& name : interesting_names(one.zones)) {
        for (const uint16_t type : kQueryTypes) {
          one.query = {name, type};
          one.noise = random.next();
          const std::string message = query_message(one.query, one.noise);
          const std::string wrong = difference(message, served.respond(message), model.answers(one.query));
          ++queries;
          if (!wrong.empty()) return report(one, seed, zones, wrong), false;
        }
      }
    } catch (const std::runtime_error& error) {
      return report(one, seed, zones, error.what()), false;
    }
    return true;
  }
};

}  // namespace
}  // namespace meshdns::model

int main(int argc, char** argv) {
  CLI::App app("Compares the server's answers with the model's");
  size_t most_zones = 10000;
  uint64_t only = 0;
  app.add_option("--zones", most_zones, "end after so many zones");
  app.add_option("--seed", only, "the zones of this seed alone");
  CLI11_PARSE(app, argc, argv);

  meshdns::model::Run run;
  const auto start = std::chrono::steady_clock::now();
  if (only != 0) {
    if (!run.check(only)) return 1;
  } else {
    for (uint64_t seed = 1; run.zones < most_zones; ++seed) {
      if (!run.check(seed)) return 1;
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("%zu zones, %zu queries, no difference, %.0f s\n", run.zones, run.queries, took.count());
  return 0;
}
