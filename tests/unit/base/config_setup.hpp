#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "base/config/reader.hpp"
#include "base/errors.hpp"
#include "base/file.hpp"
#include "tests/support/temp_dir.hpp"

namespace guildsum::test {

/// A main file, drop-ins, environment and flags in one place.
struct ConfigSetup {
  TempDir dir;
  config::Sources sources;

  explicit ConfigSetup(std::string_view main) { sources.file = write("main.toml", main); }
  std::filesystem::path write(const std::string& name, std::string_view text) {
    const auto path = dir / name;
    BOOST_REQUIRE(make_private_directory(path.parent_path()).has_value());
    BOOST_REQUIRE(write_file_atomically(path, as_bytes(text)).has_value());
    return path;
  }
  [[nodiscard]] config::Reader load() const { return config::Reader::load(sources).value(); }
  [[nodiscard]] std::string at(const std::string& file, const std::string& position) const {
    return (dir / file).string() + ":" + position;
  }
};

/// The detail of what `finish()` reports; empty if all is well.
inline std::string problems_of(const config::Reader& reader) {
  const auto finished = reader.finish();
  if (finished.has_value()) return {};
  BOOST_TEST((finished.error() == BaseErrc::invalid_config));
  return finished.error().detail();
}

/// `value <- origin` of one effective value.
inline std::string value_of(const config::Reader& reader, std::string_view key) {
  for (const auto& one : reader.effective()) {
    if (one.key == key) return one.value + " <- " + one.origin;
  }
  return "(not asked for)";
}

}  // namespace guildsum::test
