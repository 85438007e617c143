#include "cmd/ctl/stub_file.h"

#include <algorithm>
#include <utility>

#include "cmd/ctl/stop.h"
#include "cmd/ctl/unified_diff.h"
#include "cmd/input.h"
#include "k8s/stub/cluster_domain.h"
#include "k8s/stub/corefile_edit.h"
#include "k8s/stub/corefile_modernise.h"

namespace meshdns {
namespace {

std::string read_file(const std::string& file) {
  if (file.empty()) stop(kUsage, "--file: found nothing, expected a Corefile, or - for standard input");
  auto text = value_or_stop(read_up_to(file, kMostCorefileOctets + 1), kFailed);
  if (text.size() > kMostCorefileOctets) stop(kUsage, file + ": more than 1 MiB, expected a Corefile");
  return text;
}

Ended printed(const std::string& file, const std::string& before, const std::string& after, bool dry_run) {
  return {0, dry_run ? unified_diff(file, before, after) : after};
}

}  // namespace

void require_text(OutputForm form) {
  if (form != OutputForm::kText) stop(kUsage, "--output: expected text with --file, as the file itself is printed");
}

Ended install_into_file(const std::string& file, const StubDomain& stub, const CorefileStyle& style, bool dry_run) {
  const std::string text = read_file(file);
  const Corefile corefile = value_or_stop(Corefile::parse(text), kUsage, file + ": ");
  if (const auto clash = clash_with_cluster(stub.zone, cluster_domains(corefile))) {
    stop(kUsage, "--zone: " + clash->message);
  }
  const auto outdated = outdated_settings(corefile, style.version);
  const bool refused = !style.modernise && std::ranges::any_of(outdated, &OutdatedSetting::refused);
  const auto with =
      value_or_stop(with_stub(StubForm::kCorefile, text, stub, style), refused ? kRefused : kUsage, file + ": ");
  return printed(file, text, *with, dry_run);
}

Ended remove_from_file(const std::string& file, const Name& zone, bool dry_run) {
  const std::string text = read_file(file);
  const auto without = value_or_stop(without_stub(StubForm::kCorefile, text, zone), kUsage, file + ": ");
  return printed(file, text, *without, dry_run);
}

}  // namespace meshdns
