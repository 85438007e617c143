#pragma once

// A directory that is gone at the end of the test, and what tests do in it.

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace meshdns {

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_((std::filesystem::temp_directory_path() / "meshdns-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary directory");
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string path(const std::string& name = "") const { return name.empty() ? path_ : path_ + "/" + name; }

  /// In place.
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }

  /// Aside, and renamed over, as editors do.
  void replace(const std::string& name, const std::string& text) const {
    write(".new", text);
    std::filesystem::rename(path(".new"), path(name));
  }

  void remove(const std::string& name) const { std::filesystem::remove_all(path(name)); }

  /// As kubelet updates what a ConfigMap's mount has: NAME → ..data/NAME, ..data → ..VERSION.
  void mount(const std::string& version, const std::string& name, const std::string& text) const {
    std::filesystem::create_directory(path(".." + version));
    write(".." + version + "/" + name, text);
    std::filesystem::create_symlink(".." + version, path("..data_tmp"));
    std::filesystem::rename(path("..data_tmp"), path("..data"));
    if (!std::filesystem::is_symlink(path(name))) std::filesystem::create_symlink("..data/" + name, path(name));
  }

 private:
  std::string path_;
};

/// A ServiceEntry NAME in the namespace bar, for NAME.bar.global.
inline std::string manifest(const std::string& name, const std::string& address) {
  return "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: " + name +
         ", namespace: bar}\nspec: {hosts: [" + name + ".bar.global], addresses: ['" + address + "']}\n";
}

}  // namespace meshdns
