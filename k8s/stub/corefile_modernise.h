#pragma once

// A Corefile that was written for an older CoreDNS: what of it the one that runs does not have any more, and the same without. The least
// change of the text, except where nothing takes the place of what is there: that is an error, and left to the user.
//
// Source: github.com/coredns/corefile-migration, which kubeadm uses; the release notes of CoreDNS. Pure functions.

#include <string>
#include <vector>

#include "k8s/stub/coredns_version.h"
#include "k8s/stub/corefile.h"

namespace meshdns {

struct OutdatedSetting {
  std::string text;  // "Corefile:12: proxy, which CoreDNS does not have since 1.5.0, becomes forward"
  bool refused;      // CoreDNS does not load it; else it takes no notice
};

/// In the order of the text.
std::vector<OutdatedSetting> outdated_settings(const Corefile& corefile, const CoreDnsVersion& version);

struct ModernCorefile {
  Corefile corefile;
  std::vector<std::string> changes;  // as OutdatedSetting::text; none: nothing was outdated
};

/// With none of the outdated settings. The error names the one that has to be changed by hand.
Result<ModernCorefile> modernise(const Corefile& corefile, const CoreDnsVersion& version);

}  // namespace meshdns
