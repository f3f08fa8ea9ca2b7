#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "simulations/retail_data.hpp"
#include "simulations/retail_split.hpp"
#include "simulations/split_files.hpp"

namespace guildsum::simulations {

/// The split as models train on it: train + valid with times and repeats, and the test baskets.
/// BaseErrc::malformed on a time that is none.
[[nodiscard]] Result<SplitMatrices> retail_matrices(const RetailData& data,
                                                    const RetailSplit& split);

/// By item.
[[nodiscard]] std::vector<std::string> titles_of(const RetailSplit& split);

/// The Online Retail transactions, ready for training.
struct RetailSource {
  RetailSplit split;
  SplitMatrices parts;
  std::vector<std::string> titles;
};
/// Reads transactions, plain or gzip. BaseErrc::not_found, corrupt; ModelsErrc::malformed with
/// "file:line: reason", also where no customer has a basket to test on.
[[nodiscard]] Result<RetailSource> read_retail_source(const std::filesystem::path& file);

}  // namespace guildsum::simulations
