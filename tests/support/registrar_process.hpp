#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/coordinator_process.hpp"

namespace guildsum::test {

/// A registrar outside the coordinator: its own directory, and the offline commands of
/// `guildsum-coordinator registrar` on it. Functions that cannot do what they say throw
/// std::runtime_error.
class RegistrarProcess {
 public:
  /// Runs `registrar init`.
  explicit RegistrarProcess(std::filesystem::path directory);

  /// 64 hexadecimal digits.
  [[nodiscard]] const std::string& key() const noexcept { return key_; }
  [[nodiscard]] const std::filesystem::path& directory() const noexcept { return directory_; }
  /// One command with `--dir`, such as {"show"}.
  [[nodiscard]] Finished run(std::vector<std::string> arguments) const;
  /// `registrar request`, `sign --yes` and `import`.
  /// @param options  further ones of `sign`
  void ceremony(const CoordinatorProcess& coordinator,
                const std::vector<std::string>& options = {}) const;

 private:
  std::filesystem::path directory_;
  std::string key_;
};

}  // namespace guildsum::test
