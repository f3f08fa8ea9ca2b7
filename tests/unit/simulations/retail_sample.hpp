#pragma once

#include <charconv>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/gzip.hpp"
#include "simulations/prepare.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations::test {

inline constexpr std::uint32_t kSampleEvery = 20;

/// The bundled transactions of each twentieth customer: real purchases, quickly trained on.
inline const std::string& retail_sample() {
  static const std::string sample = [] {
    const auto all = must(read_plain_or_gzip(bundled_transactions(), std::size_t{1} << 28));
    std::string_view rest{all};
    std::string kept;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size() - 1) + 1;
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end);
      const auto country = line.rfind(',');
      const auto customer = line.rfind(',', country - 1) + 1;
      std::uint32_t number = 0;
      const auto [stop, error] =
          std::from_chars(line.data() + customer, line.data() + country, number);
      const bool whole = error == std::errc{} && stop == line.data() + country;
      if (kept.empty() || (whole && number % kSampleEvery == 0)) kept += line;
    }
    return kept;
  }();
  return sample;
}

/// A directory with the sample and scenario files over it.
struct SampleDirectory {
  SampleDirectory() { write(directory / "sales.csv", retail_sample()); }
  /// A scenario over the sample; `rest` begins inside of [data].
  std::filesystem::path scenario(const std::string& rest, const std::string& head = {}) const {
    const auto file = directory / "sample.toml";
    write(file, head + "[data]\nset = \"online-retail\"\ntransactions = \"sales.csv\"\n" + rest);
    return file;
  }
  [[nodiscard]] std::string report(const std::string& name) const {
    return (directory / name).string();
  }
  guildsum::test::TempDir directory;
};

}  // namespace guildsum::simulations::test
